import { DataType, type GraphBuilder, tensorFromNumbers } from "@flotilla/onnx";

export const ENCODINGS = ["one_hot", "multi_hot", "count"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/**
 * Whole numbers [n, …] as float32 with a last axis of `depth` classes. `one_hot` puts the axis behind (in the place of a last axis of 1), `multi_hot`
 * and `count` take the first axis behind the batch away: which classes are in it, how often. A number outside the classes counts nowhere.
 * Source: keras/src/utils/numerical_utils.py, encode_categorical_inputs
 */
export function encodeCategories(b: GraphBuilder, ids: string, encoding: Encoding, depth: number): string {
  const rank = b.rank(ids);
  const single = encoding === "one_hot" && rank > 1 && b.shape(ids).at(-1) === 1;
  const classes = b.constant(
    tensorFromNumbers(
      DataType.INT32,
      [depth],
      Array.from({ length: depth }, (_, index) => index),
    ),
    "classes",
  );
  const whole = b.op("Cast", [ids], { to: BigInt(DataType.INT32) });
  // An axis of 1 is broadcast over the classes.
  const apart = single ? whole : b.op("Unsqueeze", [whole, b.ints([rank])]);
  const hot = b.op("Cast", [b.op("Equal", [apart, classes])], { to: BigInt(DataType.FLOAT) });
  if (encoding === "one_hot") return hot;
  const axis = rank > 1 ? 1 : 0;
  return encoding === "count"
    ? b.op("ReduceSum", [hot, b.ints([axis])], { keepdims: 0n })
    : b.op("ReduceMax", [hot], { axes: [BigInt(axis)], keepdims: 0n });
}
