import fc from "fast-check";
import { writeModel } from "@flotilla/onnx";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { FlatbufferError } from "../flatbuffer/errors.ts";
import { readFlexbufferMap } from "../flexbuffer/read-flexbuffer-map.ts";
import { openTflite } from "../test-support/run-tflite.ts";
import { BuiltinOperator, TensorType } from "../tflite-schema/gen/tflite.ts";
import { writeModelFile } from "../tflite-schema/model-file.ts";
import { convertTflite } from "./convert-tflite.ts";

/** A map of 32-bit numbers, as the exporter writes it: floats where they are written `{ float }`. */
function flexbuffer(entries: Readonly<Record<string, number | { readonly float: number }>>): Uint8Array {
  const names = Object.keys(entries).sort();
  const places: number[] = [];
  let text = "";
  for (const name of names) {
    places.push(text.length);
    text += `${name}\0`;
  }
  const strings = Buffer.alloc(Math.ceil(text.length / 4) * 4);
  strings.write(text, "latin1");
  const numbers = Buffer.alloc(4 * (names.length * 2 + 4) + names.length + 4 + 2);
  const keys = strings.length + 4;
  numbers.writeUInt32LE(names.length, 0);
  for (const [index, place] of places.entries()) numbers.writeUInt32LE(keys + index * 4 - place, 4 + index * 4);
  const head = 4 + names.length * 4;
  numbers.writeUInt32LE(strings.length + head - keys, head);
  numbers.writeUInt32LE(4, head + 4);
  numbers.writeUInt32LE(names.length, head + 8);
  const values = head + 12;
  for (const [index, name] of names.entries()) {
    const value = entries[name] ?? 0;
    if (typeof value === "number") numbers.writeInt32LE(value, values + index * 4);
    else numbers.writeFloatLE(value.float, values + index * 4);
    numbers[values + names.length * 4 + index] = ((typeof value === "number" ? 1 : 3) << 2) | 2;
  }
  const root = values + names.length * 5;
  numbers.writeUInt32LE(root - values, root);
  numbers[root + 4] = (9 << 2) | 2;
  numbers[root + 5] = 4;
  return Buffer.concat([strings, numbers.subarray(0, root + 6)]);
}

interface Custom {
  readonly name: string;
  readonly options: Uint8Array;
  readonly inputs: readonly { readonly shape: readonly number[]; readonly values?: readonly number[] }[];
  readonly outputs: readonly (readonly number[])[];
}

function writeCustom({ name, options, inputs, outputs }: Custom): Uint8Array {
  const constants = inputs.filter(({ values }) => values !== undefined);
  const tensors = [
    ...inputs.map((input, index) => ({ name: `in${index}`, shape: input.shape, buffer: constants.indexOf(input) + 1 })),
    ...outputs.map((shape, index) => ({ name: `out${index}`, shape })),
  ].map((tensor) => ({ ...tensor, type: TensorType.FLOAT32 }));
  const places = outputs.map((_, index) => inputs.length + index);
  return writeModelFile({
    version: 3,
    operatorCodes: [{ builtinCode: BuiltinOperator.CUSTOM, deprecatedBuiltinCode: BuiltinOperator.CUSTOM, customCode: name }],
    buffers: [{}, ...constants.map(({ values = [] }) => ({ data: new Uint8Array(Float32Array.from(values).buffer) }))],
    subgraphs: [
      {
        tensors,
        inputs: inputs.flatMap(({ values }, index) => (values === undefined ? [index] : [])),
        outputs: places,
        operators: [{ opcodeIndex: 0, inputs: inputs.map((_, index) => index), outputs: places, customOptions: options }],
      },
    ],
  });
}

async function runConverted(bytes: Uint8Array, feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(writeModel(convertTflite(bytes).model), { intraOpNumThreads: 1, logSeverityLevel: 4 });
  return { ...(await session.run({ ...feeds })) };
}

describe("a FlexBuffer's map", () => {
  it("is read as it was written", () => {
    const values = fc.dictionary(
      fc.stringMatching(/^[a-z_]{1,20}$/),
      fc.oneof(fc.integer({ min: -1e6, max: 1e6 }), fc.record({ float: fc.float({ noNaN: true }) })),
      { minKeys: 1, noNullPrototype: true },
    );
    fc.assert(
      fc.property(values, (entries) => {
        const plain = Object.entries(entries).map(([name, value]): [string, number] => [
          name,
          typeof value === "number" ? value : value.float,
        ]);
        expect(new Map(readFlexbufferMap(flexbuffer(entries)))).toEqual(new Map(plain));
      }),
    );
  });

  it("that is damaged anywhere gives its own error or some numbers", () => {
    const bytes = flexbuffer({ one: 1, two: { float: 2 } });
    for (let bit = 0; bit < bytes.byteLength * 8; bit += 1) {
      const damaged = new Uint8Array(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      try {
        readFlexbufferMap(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(FlatbufferError);
      }
    }
  });
});

describe("TFLite_Detection_PostProcess", () => {
  const [boxes, classes, most] = [12, 3, 5];
  const wave = (count: number, step: number): number[] => Array.from({ length: count }, (_, index) => Math.sin(index * step) / 2);
  const anchors = Array.from({ length: boxes }, (_, box) => [(box % 4) / 4, Math.floor(box / 4) / 3, 0.5, 0.4]).flat();
  const coded = wave(boxes * 4, 1.7);
  const scores = wave(boxes * (classes + 1), 2.3).map((value) => value + 0.5);

  it.each([
    ["boxes first", 0, 1],
    ["boxes first, two classes each", 0, 2],
    ["class by class", 1, 1],
  ])("finds what TFLite finds, %s", async (_, regular, classesEach) => {
    const rows = most * classesEach;
    const bytes = writeCustom({
      name: "TFLite_Detection_PostProcess",
      options: flexbuffer({
        max_detections: most,
        max_classes_per_detection: classesEach,
        detections_per_class: 4,
        use_regular_nms: regular,
        num_classes: classes,
        nms_score_threshold: { float: 0.3 },
        nms_iou_threshold: { float: 0.4 },
        y_scale: { float: 10 },
        x_scale: { float: 10 },
        h_scale: { float: 5 },
        w_scale: { float: 5 },
      }),
      inputs: [{ shape: [1, boxes, 4] }, { shape: [1, boxes, classes + 1] }, { shape: [boxes, 4], values: anchors }],
      outputs: [[1, rows, 4], [1, rows], [1, rows], [1]],
    });
    const run = await openTflite(bytes);
    const wanted = run({ in0: Float32Array.from(coded), in1: Float32Array.from(scores) });
    const got = await runConverted(bytes, {
      in0: new Tensor("float32", Float32Array.from(coded), [1, boxes, 4]),
      in1: new Tensor("float32", Float32Array.from(scores), [1, boxes, classes + 1]),
    });
    const count = Number(wanted[3]?.data[0]);
    expect(count).toBeGreaterThan(1);
    expect(Number(got["out3"]?.data[0])).toBe(count);
    for (const [index, width] of [4, 1, 1].entries()) {
      const used = count * (regular === 1 ? 1 : classesEach) * width;
      const values = Array.from((got[`out${index}`]?.data ?? []) as Float32Array).slice(0, used);
      const reference = Array.from(wanted[index]?.data ?? []).slice(0, used);
      expect(values.map((value, at) => Math.abs(value - (reference[at] ?? NaN)) < 1e-5)).toEqual(values.map(() => true));
      expect(got[`out${index}`]?.dims).toEqual(index === 0 ? [1, rows, 4] : [1, rows]);
    }
  });

  it("whose options cannot be read is refused by name", () => {
    const inputs = [{ shape: [1, boxes, 4] }, { shape: [1, boxes, classes] }, { shape: [boxes, 4], values: anchors }];
    const bytes = writeCustom({
      name: "TFLite_Detection_PostProcess",
      options: Uint8Array.of(1, 2, 3),
      inputs,
      outputs: [[1], [1], [1], [1]],
    });
    expect(() => convertTflite(bytes)).toThrow(/options cannot be read/);
  });
});

describe("Convolution2DTransposeBias", () => {
  it("is a transposed convolution with a bias: each place of the data spreads over the window", async () => {
    const options = new Uint8Array(Int32Array.of(1, 2, 2).buffer);
    const bytes = writeCustom({
      name: "Convolution2DTransposeBias",
      options,
      inputs: [{ shape: [1, 1, 2, 1] }, { shape: [1, 2, 2, 1], values: [1, 2, 3, 4] }, { shape: [1], values: [10] }],
      outputs: [[1, 2, 4, 1]],
    });
    const { out0 } = await runConverted(bytes, { in0: new Tensor("float32", Float32Array.of(1, 5), [1, 1, 2, 1]) });
    expect(out0?.dims).toEqual([1, 2, 4, 1]);
    expect([...((out0?.data ?? []) as Float32Array)]).toEqual([11, 12, 15, 20, 13, 14, 25, 30]);
  });
});
