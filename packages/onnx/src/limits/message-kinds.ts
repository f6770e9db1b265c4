/** The messages of onnx.proto that can nest or that carry something to count. */
export type MessageKind = keyof typeof MESSAGE_KINDS;

interface KindDescription {
  /** Field number → nested message. */
  readonly children: Readonly<Record<number, string>>;
  /** Fields declared `string` in onnx.proto. */
  readonly strings: readonly number[];
}

/**
 * What the scanner has to know of onnx.proto: which fields hold messages and which hold text. The rest is stepped over.
 * `Leaf` stands for every message without anything to look at (opset ids, key-value pairs, annotations).
 */
export const MESSAGE_KINDS = {
  Model: { children: { 7: "Graph", 8: "Leaf", 14: "Leaf", 20: "Training", 25: "Function", 26: "Leaf" }, strings: [2, 3, 4, 6] },
  Graph: {
    children: { 1: "Node", 5: "Tensor", 11: "ValueInfo", 12: "ValueInfo", 13: "ValueInfo", 14: "Leaf", 15: "SparseTensor", 16: "Leaf" },
    strings: [2, 10],
  },
  Node: { children: { 5: "Attribute", 9: "Leaf", 10: "Leaf" }, strings: [1, 2, 3, 4, 6, 7, 8] },
  Attribute: {
    children: { 5: "Tensor", 6: "Graph", 10: "Tensor", 11: "Graph", 14: "Type", 15: "Type", 22: "SparseTensor", 23: "SparseTensor" },
    strings: [1, 13, 21],
  },
  Tensor: { children: { 3: "Leaf", 13: "ExternalEntry", 16: "Leaf" }, strings: [8, 12] },
  SparseTensor: { children: { 1: "Tensor", 2: "Tensor" }, strings: [] },
  Function: { children: { 7: "Node", 9: "Leaf", 11: "Attribute", 12: "ValueInfo", 14: "Leaf" }, strings: [1, 4, 5, 6, 8, 10, 13] },
  Training: { children: { 1: "Graph", 2: "Graph", 3: "Leaf", 4: "Leaf" }, strings: [] },
  ValueInfo: { children: { 2: "Type", 4: "Leaf" }, strings: [1, 3] },
  Type: { children: { 1: "TensorType", 4: "ElementType", 5: "MapType", 7: "Leaf", 8: "TensorType", 9: "ElementType" }, strings: [6] },
  TensorType: { children: { 2: "Shape" }, strings: [] },
  ElementType: { children: { 1: "Type" }, strings: [] },
  MapType: { children: { 2: "Type" }, strings: [] },
  Shape: { children: { 1: "Leaf" }, strings: [] },
  ExternalEntry: { children: {}, strings: [1, 2] },
  Leaf: { children: {}, strings: [] },
} as const satisfies Record<string, KindDescription>;

/** The nested message that field `field` of `kind` holds, or null. */
export function childKind(kind: MessageKind, field: number): MessageKind | null {
  const children: Readonly<Record<number, MessageKind>> = MESSAGE_KINDS[kind].children;
  return children[field] ?? null;
}

export function isStringField(kind: MessageKind, field: number): boolean {
  const strings: readonly number[] = MESSAGE_KINDS[kind].strings;
  return strings.includes(field);
}
