import type { TypedArray } from "./value.ts";

/** Shape with the channels last of one with the channels first. */
export function lastOf([batch = 1, channels = 1, ...sides]: readonly number[]): number[] {
  return [batch, ...sides, channels];
}

/** Shape with the channels first of one with the channels last. */
export function firstOf(shape: readonly number[]): number[] {
  const [batch = 1, ...rest] = shape;
  return [batch, rest.at(-1) ?? 1, ...rest.slice(0, -1)];
}

/** Elements of a channels-first array in the order of channels last. `shape` is that of the array. */
export function toChannelsLast(data: TypedArray, shape: readonly number[]): TypedArray {
  const [batch = 1, channels = 1, ...sides] = shape;
  return transpose(data, batch, channels, product(sides));
}

/** Elements of a channels-last array in the order of channels first. `shape` is that of the array. */
export function toChannelsFirst(data: TypedArray, shape: readonly number[]): TypedArray {
  const [batch = 1, ...rest] = shape;
  return transpose(data, batch, product(rest.slice(0, -1)), rest.at(-1) ?? 1);
}

/** Each of `batch` matrices of `rows` × `columns` turned. */
function transpose(data: TypedArray, batch: number, rows: number, columns: number): TypedArray {
  const turned = data.slice();
  for (let matrix = 0; matrix < batch; matrix += 1) {
    const start = matrix * rows * columns;
    for (let row = 0; row < rows; row += 1)
      for (let column = 0; column < columns; column += 1)
        turned[start + column * rows + row] = data[start + row * columns + column] as never;
  }
  return turned;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum * size, 1);
}
