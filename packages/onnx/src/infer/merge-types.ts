import type { Dim, TensorValueType } from "../graph/types.ts";

/** What was inferred, completed by what the file declares; an inferred size beats a declared symbol. */
export function mergeTypes(inferred: TensorValueType | null, declared: TensorValueType | null): TensorValueType | null {
  if (inferred === null || declared === null) return inferred ?? declared;
  const elemType = inferred.elemType === 0 ? declared.elemType : inferred.elemType;
  const { shape } = inferred;
  if (shape === null || declared.shape === null || shape.length !== declared.shape.length)
    return { elemType, shape: shape ?? declared.shape };
  const declaredShape = declared.shape;
  return { elemType, shape: shape.map((dim, axis) => dim ?? declaredShape[axis] ?? null) };
}

/** What two types have in common: dimensions that differ become unknown. */
export function commonType(left: TensorValueType | null, right: TensorValueType | null): TensorValueType | null {
  if (left === null || right === null) return null;
  const elemType = left.elemType === 0 ? right.elemType : left.elemType;
  return { elemType, shape: commonShape(left.shape, right.shape) };
}

function commonShape(left: readonly Dim[] | null, right: readonly Dim[] | null): readonly Dim[] | null {
  if (left === null || right === null || left.length !== right.length) return null;
  return left.map((dim, axis) => (dim === right[axis] ? dim : null));
}
