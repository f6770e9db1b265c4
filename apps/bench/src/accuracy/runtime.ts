import type { Feeds, OpenModel, Value } from "@flotilla/onnx/optimise";
import { InferenceSession, Tensor } from "onnxruntime-node";

/** onnxruntime on one thread, as the optimiser's methods want a runtime. */
export const openModel: OpenModel = async (bytes, { optimise }) => {
  const session = await openSession(bytes, optimise, { planMemory: false });
  return {
    run: async (feeds, wanted) => {
      const tensors = Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, toTensor(value)]));
      const outputs = wanted === undefined ? await session.run(tensors) : await session.run(tensors, [...wanted]);
      return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, toValue(tensor)]));
    },
    release: () => session.release(),
  };
};

/** `planMemory`: lay out all values of a run in one block, as a device does. Calibrations, which look at every value, need less memory without. */
export function openSession(bytes: Uint8Array, optimise = true, { planMemory = true } = {}): Promise<InferenceSession> {
  return InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: optimise ? "all" : "disabled",
    enableMemPattern: planMemory,
    logSeverityLevel: 4,
  });
}

/** The scores of every sample, one after the other. */
export async function scoreAll(bytes: Uint8Array, batches: () => Iterable<Feeds>, optimise = true): Promise<Float32Array> {
  const session = await openModel(bytes, { optimise });
  const parts: Float32Array[] = [];
  for (const feeds of batches()) {
    const [output] = Object.values(await session.run(feeds));
    if (output?.data instanceof Float32Array) parts.push(output.data);
  }
  await session.release();
  const all = new Float32Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function toTensor({ data, dims, bool }: Value): Tensor {
  return data instanceof Float32Array
    ? new Tensor("float32", data, dims)
    : new Tensor(bool === true ? "bool" : "uint8", data as Uint8Array, dims);
}

function toValue(tensor: Tensor): Value {
  return { data: tensor.data as Value["data"], dims: tensor.dims };
}
