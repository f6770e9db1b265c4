import { float32View, floatTensor, type Tensor } from "../graph/tensor.ts";

/** [..., rows, columns] → [..., columns, rows]. */
export function transposeWeights(tensor: Tensor): Tensor {
  const values = float32View(tensor);
  const columns = tensor.dims.at(-1) ?? 1;
  const rows = tensor.dims.at(-2) ?? 1;
  const result = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += rows * columns) {
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) result[start + column * rows + row] = values[start + row * columns + column] ?? 0;
    }
  }
  return floatTensor([...tensor.dims.slice(0, -2), columns, rows], result);
}
