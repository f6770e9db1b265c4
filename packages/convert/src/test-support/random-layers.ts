import { type Attribute, floatTensor, intAttribute, intsAttribute, type NodeInit, stringAttribute, type Tensor } from "@flotilla/onnx";
import fc from "fast-check";
import { type ModelSketch, noise } from "@flotilla/onnx/test-support";

const size = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });

/** The window of a layer over one or two places: kernel, strides, dilations and padding, by numbers or by name. */
function windows(
  places: number,
  dilated: boolean,
): fc.Arbitrary<{ readonly kernel: readonly number[]; readonly attributes: Record<string, Attribute> }> {
  const each = (max: number, min = 1): fc.Arbitrary<number[]> => fc.array(size(min, max), { minLength: places, maxLength: places });
  return fc
    .record({
      kernel: each(4),
      strides: each(3),
      dilations: dilated ? each(2) : fc.constant(Array.from({ length: places }, () => 1)),
      pads: fc.array(size(0, 3), { minLength: places * 2, maxLength: places * 2 }),
      auto: fc.constantFrom("NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"),
    })
    .map(({ kernel, strides, dilations, pads, auto }) => {
      // onnxruntime refuses pools padded by their whole kernel.
      const limited = pads.map((pad, index) => Math.min(pad, (kernel[index % places] ?? 1) - 1));
      const padding: Record<string, Attribute> = auto === "NOTSET" ? { pads: intsAttribute(limited) } : { auto_pad: stringAttribute(auto) };
      const spread: Record<string, Attribute> = dilated ? { dilations: intsAttribute(dilations) } : {};
      return { kernel, attributes: { strides: intsAttribute(strides), ...padding, ...spread } };
    });
}

const random = (dims: readonly number[], seed: number): Tensor =>
  floatTensor(
    dims,
    noise(
      dims.reduce((total, dim) => total * dim, 1),
      seed,
    ),
  );

function sketch(
  places: readonly number[],
  channels: number,
  node: Omit<NodeInit, "inputs" | "outputs">,
  constants: Readonly<Record<string, Tensor>> = {},
): ModelSketch {
  return {
    inputs: { x: [1, channels, ...places] },
    constants,
    nodes: [{ ...node, inputs: ["x", ...Object.keys(constants)], outputs: ["y"] }],
  };
}

const placesOf = (count: number): fc.Arbitrary<number[]> => fc.array(size(7, 12), { minLength: count, maxLength: count });

/** Convolutions with groups, depthwise ones, dilation, strides and every kind of padding. */
export const randomConv: fc.Arbitrary<ModelSketch> = size(1, 2).chain((count) =>
  fc
    .record({
      places: placesOf(count),
      window: windows(count, true),
      group: fc.constantFrom(1, 1, 2, 4),
      depthwise: fc.boolean(),
      multiplier: size(1, 2),
      seed: size(1, 99),
    })
    .map(({ places, window: { kernel, attributes }, group, depthwise, multiplier, seed }) => {
      const channels = depthwise ? 3 : group * 2;
      const groups = depthwise ? channels : group;
      const results = depthwise ? channels * multiplier : group * multiplier;
      const constants = { w: random([results, channels / groups, ...kernel], seed), b: random([results], seed + 1) };
      return sketch(places, channels, { opType: "Conv", attributes: { ...attributes, group: intAttribute(groups) } }, constants);
    }),
);

/** Pools with every kind of padding, with the last window cut or not, padding counted or not. */
export const randomPool: fc.Arbitrary<ModelSketch> = size(1, 2).chain((count) =>
  fc
    .record({ places: placesOf(count), window: windows(count, false), average: fc.boolean(), ceil: fc.boolean(), counts: fc.boolean() })
    .map(({ places, window: { kernel, attributes }, average, ceil, counts }) => {
      const settings: Record<string, Attribute> = {
        ...attributes,
        kernel_shape: intsAttribute(kernel),
        ...(ceil && !("auto_pad" in attributes) ? { ceil_mode: intAttribute(1) } : {}),
        ...(average && counts ? { count_include_pad: intAttribute(1) } : {}),
      };
      return sketch(places, 2, { opType: average ? "AveragePool" : "MaxPool", attributes: settings });
    }),
);

/** Transposed convolutions with padding on both sides and output padding. */
export const randomConvTranspose: fc.Arbitrary<ModelSketch> = size(1, 2).chain((count) => {
  const each = (min: number, max: number): fc.Arbitrary<number[]> => fc.array(size(min, max), { minLength: count, maxLength: count });
  return fc
    .record({
      places: fc.array(size(4, 7), { minLength: count, maxLength: count }),
      kernel: each(1, 4),
      strides: each(1, 3),
      pads: fc.array(size(0, 2), { minLength: count * 2, maxLength: count * 2 }),
      added: each(0, 2),
      auto: fc.constantFrom("NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER"),
      seed: size(1, 99),
    })
    .map(({ places, kernel, strides, pads, added, auto, seed }) => {
      const padding: Record<string, Attribute> =
        auto === "NOTSET"
          ? {
              pads: intsAttribute(pads.map((pad, index) => Math.min(pad, (kernel[index % count] ?? 1) - 1))),
              output_padding: intsAttribute(added.map((value, index) => Math.min(value, (strides[index] ?? 1) - 1))),
            }
          : { auto_pad: stringAttribute(auto) };
      const constants = { w: random([2, 3, ...kernel], seed), b: random([3], seed + 1) };
      return sketch(places, 2, { opType: "ConvTranspose", attributes: { ...padding, strides: intsAttribute(strides) } }, constants);
    });
});

/** Sizes up and down, with every way to sample. */
export const randomResize: fc.Arbitrary<ModelSketch> = fc
  .record({
    places: fc.array(size(2, 8), { minLength: 2, maxLength: 2 }),
    results: fc.array(size(1, 17), { minLength: 2, maxLength: 2 }),
    linear: fc.boolean(),
    coordinates: fc.constantFrom("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"),
    rounding: fc.constantFrom("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"),
  })
  // Here ties fall on the last bit of a division, on which onnxruntime's own releases differ.
  .filter(({ coordinates, rounding }) => coordinates !== "asymmetric" || !rounding.startsWith("round"))
  .map(({ places, results, linear, coordinates, rounding }): ModelSketch => {
    const bytes = new Uint8Array(BigInt64Array.of(1n, 2n, ...results.map(BigInt)).buffer);
    const attributes = {
      mode: stringAttribute(linear ? "linear" : "nearest"),
      coordinate_transformation_mode: stringAttribute(coordinates),
      nearest_mode: stringAttribute(rounding),
    };
    return {
      opset: 19,
      inputs: { x: [1, 2, ...places] },
      constants: { s: { dataType: 7, dims: [4], bytes } },
      nodes: [{ opType: "Resize", inputs: ["x", "", "", "s"], outputs: ["y"], attributes }],
    };
  });
