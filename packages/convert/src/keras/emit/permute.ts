import { DataType, elementCount, float32View, type Tensor } from "@flotilla/onnx";

/** A float32 weight with its axes in another order: axis `index` of the result is axis `perm[index]` of `tensor`. Copies. */
export function permute(tensor: Tensor, perm: readonly number[]): Tensor {
  const dims = perm.map((axis) => tensor.dims[axis] ?? 1);
  const strides = stridesOf(tensor.dims);
  const steps = perm.map((axis) => strides[axis] ?? 0);
  const source = float32View(tensor);
  const target = new Float32Array(elementCount(dims));
  const counters = dims.map(() => 0);
  let from = 0;
  for (let to = 0; to < target.length; to += 1) {
    target[to] = source[from] ?? 0;
    for (let axis = dims.length - 1; axis >= 0; axis -= 1) {
      counters[axis] = (counters[axis] ?? 0) + 1;
      from += steps[axis] ?? 0;
      if ((counters[axis] ?? 0) < (dims[axis] ?? 1)) break;
      from -= (steps[axis] ?? 0) * (dims[axis] ?? 1);
      counters[axis] = 0;
    }
  }
  return float(dims, target);
}

/** The same elements under another shape. */
export function reshapeTensor(tensor: Tensor, dims: readonly number[]): Tensor {
  return { ...tensor, dims: [...dims] };
}

/** A float32 tensor over `values`, without a copy. */
export function float(dims: readonly number[], values: Float32Array): Tensor {
  return { dataType: DataType.FLOAT, dims: [...dims], bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

function stridesOf(dims: readonly number[]): number[] {
  const strides = dims.map(() => 1);
  for (let axis = dims.length - 2; axis >= 0; axis -= 1) strides[axis] = (strides[axis + 1] ?? 1) * (dims[axis + 1] ?? 1);
  return strides;
}
