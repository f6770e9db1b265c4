import { InferenceSession, Tensor } from "onnxruntime-node";
import type { Feeds, OpenModel, Value } from "../correct/run-model.ts";
import { images } from "./mnist.ts";

/** onnxruntime on one thread, as the methods want a runtime. */
export const openModel: OpenModel = async (bytes, { optimise }) => {
  const session = await InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
    graphOptimizationLevel: optimise ? "all" : "disabled",
  });
  return {
    run: async (feeds, wanted) => {
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, { data, dims, bool }]) => [
          name,
          data instanceof Float32Array
            ? new Tensor("float32", data, dims)
            : data instanceof BigInt64Array
              ? new Tensor("int64", data, dims)
              : new Tensor(bool === true ? "bool" : "uint8", data as Uint8Array, dims),
        ]),
      );
      const outputs = wanted === undefined ? await session.run(tensors) : await session.run(tensors, [...wanted]);
      return Object.fromEntries(Object.entries(outputs).map(([name, { data, dims }]) => [name, { data: data as Value["data"], dims }]));
    },
    release: () => session.release(),
  };
};

/** Calibration digits for a sample model, in batches. */
export function digits(count: number, batch: number, input = "image"): () => Iterable<Feeds> {
  const { data } = images("calibration");
  return function* read() {
    for (let from = 0; from < count; from += batch)
      yield { [input]: { data: data.subarray(from * 784, (from + batch) * 784), dims: [batch, 28, 28, 1] } };
  };
}
