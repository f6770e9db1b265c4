/** A dimension: a size, a name where it is symbolic, null where nothing is known. */
export type Dim = number | string | null;

/** What is known of a tensor value; `shape` null means that not even the rank is known, `elemType` 0 that the type is not. */
export interface TensorValueType {
  readonly elemType: number;
  readonly shape: readonly Dim[] | null;
}

/** Every size if all are known. */
export function staticShape(type: TensorValueType | null | undefined): readonly number[] | null {
  const shape = type?.shape;
  if (shape === null || shape === undefined) return null;
  return shape.every((dim): dim is number => typeof dim === "number") ? shape : null;
}
