import { isFlotillaError } from "@flotilla/contracts/errors";
import { type InferenceSession, Tensor } from "onnxruntime-node";
import { ELEMENT_ARRAYS } from "./element-arrays.ts";
import { runSession } from "./open-session.ts";

const ARRAYS: Record<string, (length: number) => Tensor["data"]> = {
  ...ELEMENT_ARRAYS,
  float16: (length) => new Float16Array(length) as unknown as Uint16Array,
};

/** More than this of zeros is not worth a trial. */
const MAX_ELEMENTS = 64 * 1024 * 1024;

/**
 * Runs a model once on zeros, with every open dimension as 1. A model that then asks for too much memory or never ends shows it here and
 * not on a device. That zeros do not suit it proves nothing: such an answer becomes a note. Throws OUT_OF_MEMORY.
 */
export async function tryRun(session: InferenceSession): Promise<string[]> {
  const feeds: Record<string, Tensor> = {};
  for (const input of session.inputMetadata) {
    const tensor = input.isTensor ? zeros(input.type, input.shape) : null;
    if (tensor === null) return [`The model was loaded but not tried: zeros cannot be made for its input "${input.name}".`];
    feeds[input.name] = tensor;
  }
  try {
    await runSession(session, feeds);
    return [];
  } catch (error) {
    if (isFlotillaError(error) && error.code !== "RUNTIME_REFUSED") throw error;
    return [
      `A trial run on zeros failed, which may be the zeros' fault: ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`,
    ];
  }
}

function zeros(type: string, shape: readonly (number | string)[]): Tensor | null {
  const dims = shape.map((size) => (typeof size === "number" && size >= 0 ? size : 1));
  const length = dims.reduce((product, size) => product * size, 1);
  const create = ARRAYS[type];
  if (create === undefined || length > MAX_ELEMENTS) return null;
  return new Tensor(type as "float32", create(length) as Float32Array, dims);
}
