import { describe, expect, test } from "vitest";
import { readModel } from "../graph/read-model.ts";
import { sampleModel } from "../test-support/mnist.ts";
import { sniffFormat } from "./sniff-format.ts";

function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

function field(number: number, content: Uint8Array | readonly number[]): Uint8Array {
  return Uint8Array.from([...varint(number * 8 + 2), ...varint(content.length), ...content]);
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const join = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Uint8Array.from(part)));
const model = (graph: Uint8Array): Uint8Array => join([8, 8], field(7, graph), field(8, [0x10, 17]));

function nested(levels: number): Uint8Array {
  let graph: Uint8Array = field(2, text("g"));
  for (let level = 0; level < levels; level += 1) graph = field(1, field(5, field(6, graph)));
  return graph;
}

function manyNodes(count: number): Uint8Array {
  const graph = new Uint8Array(count * 2);
  for (let index = 0; index < graph.length; index += 2) graph[index] = 0x0a;
  return Buffer.concat([Buffer.from([8, 8, 0x3a, ...varint(graph.length)]), graph, field(8, [0x10, 17])]);
}

const external = (location: string): Uint8Array =>
  model(
    field(5, join([8, 1, 16, 1], field(8, text("w")), field(13, join(field(1, text("location")), field(2, text(location)))), [14 * 8, 1])),
  );

const CASES: readonly [string, () => Uint8Array, string][] = [
  ["empty", () => new Uint8Array(), "EMPTY_FILE"],
  ["text", () => text("hello, this is no model at all"), "NOT_A_MODEL"],
  ["a PNG", () => Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]), "NOT_A_MODEL"],
  ["zeros", () => new Uint8Array(1000), "NOT_A_MODEL"],
  ["a model cut in half", () => sampleModel("mnist-cnn").subarray(0, 150_000), "TRUNCATED_FILE"],
  ["a model cut by a byte", () => sampleModel("mnist-cnn").subarray(0, -1), "TRUNCATED_FILE"],
  ["90-deep subgraphs", () => model(nested(90)), "TOO_DEEP"],
  ["5 million empty nodes", () => manyNodes(5_000_000), "TOO_MANY_NODES"],
  ["a name of 2 MB", () => model(field(1, join([0x1a, ...varint(2_000_000)], new Uint8Array(2_000_000)))), "TOO_LARGE"],
  [
    "dimensions beyond 2^63",
    () => model(field(5, join([8, ...varint(2n ** 40n), 8, ...varint(2n ** 40n), 16, 1], field(9, [0, 0, 0, 0])))),
    "DIMENSION_OVERFLOW",
  ],
  ["a dimension of -1", () => model(field(5, join([8, ...varint(2n ** 64n - 1n), 16, 1]))), "DIMENSION_OVERFLOW"],
  ["more values claimed than there are", () => model(field(5, join([8, 100, 16, 1], field(9, [0, 0, 0, 0])))), "DIMENSION_OVERFLOW"],
  ["external data at /etc/passwd", () => external("/etc/passwd"), "EXTERNAL_DATA_OUTSIDE"],
  ["external data behind ..", () => external("a/../../secret"), "EXTERNAL_DATA_OUTSIDE"],
  ["external data at a memory address", () => external("*/_ORT_MEM_ADDR_/*"), "EXTERNAL_DATA_OUTSIDE"],
  ["external data on a Windows drive", () => external("C:\\weights"), "EXTERNAL_DATA_OUTSIDE"],
  ["external data that is not there", () => external("weights.bin"), "EXTERNAL_DATA_MISSING"],
];

describe("what is refused before it is decoded", () => {
  test.each(CASES)("%s → its code, in under a second", (_name, make, code) => {
    const bytes = make();
    const start = performance.now();
    expect(() => readModel(bytes)).toThrow(expect.objectContaining({ code }));
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test("a real model passes", () => {
    expect(readModel(sampleModel("mnist-cnn")).graph.nodeCount).toBe(30);
  });

  test.each([
    ["onnx", (): Uint8Array => sampleModel("mnist-cnn")],
    ["keras-h5", (): Uint8Array => Uint8Array.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a])],
    ["keras-h5", (): Uint8Array => join(new Uint8Array(512), [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a])],
    ["keras-h5", (): Uint8Array => join([0x50, 0x4b, 3, 4], text("....keras_model.h5...labels.txt"))],
    ["zip", (): Uint8Array => join([0x50, 0x4b, 3, 4], text("....0/a.png...1/b.png"))],
    ["tflite", (): Uint8Array => join([0x1c, 0, 0, 0], text("TFL3"))],
    ["pytorch-zip", (): Uint8Array => join([0x50, 0x4b, 3, 4], text("....model/data.pkl"))],
    ["keras-v3", (): Uint8Array => join([0x50, 0x4b, 3, 4], text("....metadata.json...config.json"))],
    ["png", (): Uint8Array => Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
    ["safetensors", (): Uint8Array => join([20, 0, 0, 0, 0, 0, 0, 0], text('{"__metadata__":{}}'))],
    [null, (): Uint8Array => Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8])],
  ])("%s is recognised", (format, make) => {
    expect(sniffFormat(make())).toBe(format);
  });
});
