/** ONNX files made to harm, written field by field: no exporter would write them. Field numbers are those of onnx.proto. */

function varint(value: bigint | number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Uint8Array.from([...bytes, Number(rest)]);
}

type Content = Uint8Array | string;

const bytesOf = (content: Content): Uint8Array => (typeof content === "string" ? Buffer.from(content) : content);
const int = (field: number, value: bigint | number): Uint8Array => Buffer.concat([varint(field * 8), varint(value)]);
const message = (field: number, ...parts: Content[]): Uint8Array => {
  const body = Buffer.concat(parts.map(bytesOf));
  return Buffer.concat([varint(field * 8 + 2), varint(body.length), body]);
};

const tensorType = (elemType: number, dims: (bigint | number)[]): Uint8Array =>
  message(2, message(1, int(1, elemType), message(2, ...dims.map((size) => message(1, int(1, size))))));
const value = (field: number, name: string, elemType: number, dims: (bigint | number)[]): Uint8Array =>
  message(field, message(1, name), tensorType(elemType, dims));
const node = (operator: string, inputs: string[], outputs: string[], ...attributes: Uint8Array[]): Uint8Array =>
  message(1, ...inputs.map((name) => message(1, name)), ...outputs.map((name) => message(2, name)), message(4, operator), ...attributes);
const graphAttribute = (name: string, graph: Content[]): Uint8Array => message(5, message(1, name), int(20, 5), message(6, ...graph));
const int64Tensor = (name: string, dims: number[], values: bigint[]): Uint8Array =>
  Buffer.concat([
    ...dims.map((size) => int(1, size)),
    int(2, 7),
    message(8, name),
    message(9, Buffer.from(BigInt64Array.from(values).buffer)),
  ]);
const boolTensor = (name: string, on: boolean): Uint8Array =>
  Buffer.concat([int(2, 9), message(8, name), message(9, Uint8Array.of(on ? 1 : 0))]);

/** A model around a graph: IR version 8, opset 17. */
const model = (...graph: Content[]): Uint8Array =>
  Buffer.concat([int(1, 8), message(7, ...graph, message(2, "g")), message(8, int(2, 17))]);

const FLOAT = 1;
const INT64 = 7;
const BOOL = 9;

const identity = (): Uint8Array[] => [node("Identity", ["x"], ["y"]), value(11, "x", FLOAT, [1]), value(12, "y", FLOAT, [1])];

/** If in If in If …: each level is a graph in an attribute of the one before. */
export function deepSubgraphs(levels: number): Uint8Array {
  let graph: Uint8Array[] = identity();
  for (let level = 0; level < levels; level += 1)
    graph = [node("If", ["c"], ["y"], graphAttribute("then_branch", graph), graphAttribute("else_branch", identity()))];
  return model(...graph);
}

export function emptyNodes(count: number): Uint8Array {
  return model(Buffer.alloc(count * 2, Uint8Array.of(0x0a, 0x00)));
}

export function externalData(location: string): Uint8Array {
  const entry = message(13, message(1, "location"), message(2, location));
  return model(...identity(), message(5, int(1, 4), int(2, FLOAT), message(8, "w"), entry, int(14, 1)));
}

export function overflowingTensor(): Uint8Array {
  const dims = [2n ** 32n, 2n ** 32n, 4n].map((size) => int(1, size));
  return model(...identity(), message(5, ...dims, int(2, FLOAT), message(8, "w"), message(9, new Uint8Array(16))));
}

/** Loop(2^63 − 1, true) whose body counts up for ever. */
export function endlessLoop(): Uint8Array {
  const body = [
    node("Identity", ["going"], ["goes_on"]),
    node("Add", ["sum", "sum"], ["more"]),
    message(2, "body"),
    value(11, "turn", INT64, []),
    value(11, "going", BOOL, []),
    value(11, "sum", FLOAT, [1]),
    value(12, "goes_on", BOOL, []),
    value(12, "more", FLOAT, [1]),
  ];
  return model(
    node("Loop", ["trips", "on", "x"], ["y"], graphAttribute("body", body)),
    message(5, int64Tensor("trips", [], [2n ** 63n - 1n])),
    message(5, boolTensor("on", true)),
    value(11, "x", FLOAT, [1]),
    value(12, "y", FLOAT, [1]),
  );
}

/** 200 bytes that ask for 64 GB: ConstantOfShape([2^34]) of float32. */
export function hugeConstant(): Uint8Array {
  return model(
    node("ConstantOfShape", ["shape"], ["big"]),
    node("Add", ["big", "x"], ["y"]),
    message(5, int64Tensor("shape", [1], [2n ** 34n])),
    value(11, "x", FLOAT, [1]),
    value(12, "y", FLOAT, [2n ** 34n]),
  );
}

/** 64 GB in eight portions that each could be had: only the sum is too much. */
export function growingMemory(): Uint8Array {
  const names = Array.from({ length: 32 }, (_, index) => `big${index}`);
  return model(
    ...names.map((name) => node("Expand", ["x", "shape"], [name])),
    node("Sum", names, ["y"]),
    message(5, int64Tensor("shape", [1], [2n ** 27n])),
    value(11, "x", FLOAT, [1]),
    value(12, "y", FLOAT, [2n ** 27n]),
  );
}
