import { readFileSync } from "node:fs";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

/** A tensor of a test: little-endian elements. */
export interface TestTensor {
  readonly type: "float32" | "int32" | "int8" | "uint8";
  readonly dims: readonly number[];
  readonly bytes: Uint8Array;
}

/** A saved model in one or more file forms, with what it answers to some inputs. */
export interface TestModel {
  readonly name: string;
  /** File names: `model.keras` and `k3.h5` are Keras 3's, `k2.h5` and `k2.keras` Keras 2's. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly inputs: readonly TestTensor[];
  /** Answers of Keras 3 and of Keras 2. */
  readonly outputs: { readonly "2": readonly TestTensor[]; readonly "3": readonly TestTensor[] };
}

type Part = readonly [offset: number, length: number];
type PackedTensor = readonly [type: TestTensor["type"], dims: readonly number[], part: Part];

interface PackedModel {
  readonly name: string;
  readonly files: Readonly<Record<string, Part>>;
  readonly inputs: readonly PackedTensor[];
  readonly outputs: { readonly "2": readonly PackedTensor[]; readonly "3": readonly PackedTensor[] };
}

/** Many models in one compressed file: the forms of a model have the same weights, which are then stored once. */
export function packModels(models: readonly TestModel[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  const put = (bytes: Uint8Array): Part => {
    parts.push(bytes);
    length += bytes.length;
    return [length - bytes.length, bytes.length];
  };
  const tensor = ({ type, dims, bytes }: TestTensor): PackedTensor => [type, dims, put(bytes)];
  const index: PackedModel[] = models.map(({ name, files, inputs, outputs }) => ({
    name,
    files: Object.fromEntries([...files].map(([file, bytes]) => [file, put(bytes)])),
    inputs: inputs.map(tensor),
    outputs: { "2": outputs["2"].map(tensor), "3": outputs["3"].map(tensor) },
  }));
  const head = Buffer.from(JSON.stringify(index));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(head.length);
  const plain = Buffer.concat([size, head, ...parts]);
  return brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } });
}

export function unpackModels(path: string): TestModel[] {
  const plain = brotliDecompressSync(readFileSync(path));
  const start = 4 + plain.readUInt32LE(0);
  const part = ([offset, length]: Part): Uint8Array => plain.subarray(start + offset, start + offset + length);
  const tensor = ([type, dims, at]: PackedTensor): TestTensor => ({ type, dims, bytes: part(at) });
  const index = JSON.parse(plain.subarray(4, start).toString("utf8")) as PackedModel[];
  return index.map(({ name, files, inputs, outputs }) => ({
    name,
    files: new Map(Object.entries(files).map(([file, at]) => [file, part(at)])),
    inputs: inputs.map(tensor),
    outputs: { "2": outputs["2"].map(tensor), "3": outputs["3"].map(tensor) },
  }));
}
