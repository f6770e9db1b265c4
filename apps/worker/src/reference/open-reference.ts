import type { ConversionOptions, SourceFormat } from "@flotilla/contracts";
import { firstOf, lastOf, toChannelsFirst, toChannelsLast } from "./channel-order.ts";
import type { InputSlot } from "./reference-inputs.ts";
import type { TypedArray, Value } from "./value.ts";

/** An uploaded model as its own framework runs it. */
export interface Reference {
  readonly kind: "tflite" | "tfjs-layers";
  /** Takes and gives what the converted model takes and gives, in the same order and layout. */
  run(inputs: readonly TypedArray[]): Value[];
}

export interface ReferenceSetup {
  readonly format: SourceFormat;
  readonly options: ConversionOptions;
  /** The converted model's inputs. */
  readonly slots: readonly InputSlot[];
}

/** The reference of a file, or why there is none. */
export async function openReference(bytes: Uint8Array, { format, options, slots }: ReferenceSetup): Promise<Reference | { why: string }> {
  if (options.layout === "nhwc") return open(bytes, format, slots);
  // The conversion turned pictures, inputs and outputs of four axes; the reference takes them as the model was trained.
  const isPicture = ({ shape }: { shape: readonly number[] }): boolean => shape.length === 4;
  const trained = slots.map((slot) => (isPicture(slot) ? { ...slot, shape: lastOf(slot.shape) } : slot));
  const reference = await open(bytes, format, trained);
  if ("why" in reference) return reference;
  return {
    kind: reference.kind,
    run(inputs) {
      const turned = slots.map((slot, index) => {
        const values = inputs[index] ?? new Float32Array();
        return isPicture(slot) ? toChannelsLast(values, slot.shape) : values;
      });
      return reference
        .run(turned)
        .map((value) =>
          isPicture(value) ? { ...value, shape: firstOf(value.shape), data: toChannelsFirst(value.data, value.shape) } : value,
        );
    },
  };
}

async function open(bytes: Uint8Array, format: SourceFormat, slots: readonly InputSlot[]): Promise<Reference | { why: string }> {
  if (format === "tflite") {
    const { openTflite } = await import("./tflite-runtime.ts");
    const model = await openTflite(bytes);
    return { kind: "tflite", run: (inputs) => model.run(inputs) };
  }
  const { toTfjs } = await import("@flotilla/convert/tfjs-reference");
  const model = toTfjs(bytes);
  if ("why" in model) return model;
  const { openTfjs } = await import("./tfjs-runtime.ts");
  return { kind: "tfjs-layers", run: await openTfjs(model, slots) };
}
