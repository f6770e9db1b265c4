import { floatTensor, type NodeInit, type Tensor } from "@flotilla/onnx";
import { type ModelSketch, noise } from "@flotilla/onnx/test-support";

/** A small model that is written as TFLite, run there, and compared with onnxruntime. */
export interface WrittenCase extends ModelSketch {
  /** Turns the noise in [-1, 1) that it is run on into inputs that it is made for. */
  readonly stretch?: (value: number) => number;
}

export function random(dims: readonly number[], seed = 5): Tensor {
  return floatTensor(
    dims,
    noise(
      dims.reduce((total, dim) => total * dim, 1),
      seed,
    ),
  );
}

/** A node from `x` to `y`. */
export function one(opType: string, attributes: NodeInit["attributes"] = {}, inputs: readonly string[] = ["x"]): NodeInit {
  return { opType, inputs, outputs: ["y"], attributes };
}

export const image = { x: [1, 3, 8, 6] };
