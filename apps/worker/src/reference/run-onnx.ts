import { Tensor } from "onnxruntime-node";
import type { InferenceSession } from "onnxruntime-node";
import { runSession } from "../runtime/open-session.ts";
import type { InputSlot } from "./reference-inputs.ts";
import type { TypedArray, Value } from "./value.ts";

/** Open sizes: a batch is one; a picture large enough for any network's strides; a short series. */
const OPEN_SIDE = 96;
const OPEN_STEPS = 16;

/** The inputs of a session with a size for each open dimension; null where one is no tensor. */
export function inputSlots(session: InferenceSession): InputSlot[] | null {
  const slots = session.inputMetadata.map((input): InputSlot | null => {
    if (!input.isTensor) return null;
    const { name, type, shape } = input;
    const open = shape.length >= 4 ? OPEN_SIDE : OPEN_STEPS;
    return { name, type, shape: shape.map((size, axis) => (typeof size === "number" && size >= 0 ? size : axis === 0 ? 1 : open)) };
  });
  return slots.every((slot) => slot !== null) ? slots : null;
}

/** Runs a converted model on samples as `referenceInputs` makes them. */
export async function runOnnx(
  session: InferenceSession,
  slots: readonly InputSlot[],
  samples: readonly (readonly TypedArray[])[],
): Promise<Value[][]> {
  const answers: Value[][] = [];
  for (const sample of samples) {
    const feeds = slots.map(({ name, type, shape }, index) => [name, new Tensor(type as "float32", sample[index] as Float32Array, shape)]);
    const outputs = await runSession(session, Object.fromEntries(feeds) as Record<string, Tensor>);
    answers.push(
      session.outputNames.flatMap((name) => {
        const tensor = outputs[name];
        return tensor === undefined ? [] : [{ name, shape: tensor.dims, data: tensor.data as TypedArray }];
      }),
    );
  }
  return answers;
}
