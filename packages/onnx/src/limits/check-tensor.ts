import { OnnxError } from "../errors.ts";
import { bitsPerElement } from "../graph/data-types.ts";
import { checkExternalLocation } from "./check-external-location.ts";
import { LENGTH_DELIMITED, VARINT, WireReader } from "./wire-reader.ts";

interface TensorFacts {
  name: string;
  dims: number[];
  dataType: number;
  rawBytes: number | null;
  /** Values in the typed `*_data` lists; a varint list is counted by its bytes, an upper bound. */
  listed: number;
  external: boolean;
  location: string | null;
}

const text = new TextDecoder();

/**
 * Compares what a TensorProto in `[start, end)` claims with what it carries, and where it says its weights lie.
 * @throws OnnxError DIMENSION_OVERFLOW, EXTERNAL_DATA_OUTSIDE, EXTERNAL_DATA_MISSING (unless `allowExternal`)
 */
export function checkTensor(bytes: Uint8Array, start: number, end: number, allowExternal: boolean): void {
  const facts = readFacts(bytes, start, end);
  const count = product(facts);
  if (facts.external) {
    checkExternalLocation(facts.name, facts.location ?? "");
    if (allowExternal) return;
    throw new OnnxError(
      "EXTERNAL_DATA_MISSING",
      `The weights of ${JSON.stringify(facts.name)} lie in a second file, ${JSON.stringify(facts.location)}, which is not here. Save the model as one file with its weights inside.`,
    );
  }
  const bits = bitsPerElement(facts.dataType);
  const holds =
    facts.rawBytes !== null && bits !== null ? Math.floor((facts.rawBytes * 8) / bits) : facts.rawBytes === null ? facts.listed : count;
  if (holds < count) throw overflow(facts, `holds ${holds.toLocaleString("en")} values`);
}

function readFacts(bytes: Uint8Array, start: number, end: number): TensorFacts {
  const reader = new WireReader(bytes);
  reader.position = start;
  const facts: TensorFacts = { name: "", dims: [], dataType: 0, rawBytes: null, listed: 0, external: false, location: null };
  while (reader.position < end) {
    reader.next(end);
    readField(reader, facts);
  }
  return facts;
}

/** TensorProto's field numbers, and the width of an element of its packed lists (varints take at least one byte). */
const LIST_WIDTHS: Readonly<Record<number, number>> = { 4: 4, 5: 1, 7: 1, 10: 8, 11: 1 };

function readField(reader: WireReader, facts: TensorFacts): void {
  const { field, wireType } = reader;
  const delimited = wireType === LENGTH_DELIMITED;
  const width = LIST_WIDTHS[field];
  if (field === 1) readDims(reader, facts);
  else if (field === 2 && wireType === VARINT) facts.dataType = reader.varint;
  else if (field === 8 && delimited)
    facts.name = text.decode(reader.bytes.subarray(reader.start, Math.min(reader.end, reader.start + 200)));
  else if (field === 9 && delimited) facts.rawBytes = reader.end - reader.start;
  else if (field === 6) facts.listed += 1;
  else if (field === 13 && delimited) readLocation(reader, facts);
  else if (field === 14 && wireType === VARINT) facts.external = reader.varint === 1;
  else if (width !== undefined) facts.listed += delimited ? Math.floor((reader.end - reader.start) / width) : 1;
}

function readDims(reader: WireReader, facts: TensorFacts): void {
  if (reader.wireType === VARINT) facts.dims.push(reader.varint);
  if (reader.wireType !== LENGTH_DELIMITED) return;
  const packed = new WireReader(reader.bytes);
  packed.position = reader.start;
  while (packed.position < reader.end) facts.dims.push(packed.readVarint(reader.end));
}

function readLocation(reader: WireReader, facts: TensorFacts): void {
  const entry = new WireReader(reader.bytes);
  entry.position = reader.start;
  let key = "";
  let value = "";
  while (entry.position < reader.end) {
    entry.next(reader.end);
    if (entry.wireType !== LENGTH_DELIMITED) continue;
    const content = text.decode(entry.bytes.subarray(entry.start, entry.end));
    if (entry.field === 1) key = content;
    if (entry.field === 2) value = content;
  }
  if (key === "location") facts.location = value;
}

function product(facts: TensorFacts): number {
  let count = 1;
  for (const dim of facts.dims) {
    if (dim > Number.MAX_SAFE_INTEGER) throw overflow(facts, "which no memory can hold");
    count *= dim;
  }
  // A zero hides the overflow of the other dimensions from the product; runtimes multiply in another order.
  const nonZero = facts.dims.reduce((total, dim) => total * Math.max(dim, 1), 1);
  if (nonZero > Number.MAX_SAFE_INTEGER) throw overflow(facts, "which no memory can hold");
  return count;
}

function overflow(facts: TensorFacts, problem: string): OnnxError {
  const dims = facts.dims.map((dim) => (dim >= 2 ** 63 ? "negative" : String(dim))).join(" × ");
  return new OnnxError(
    "DIMENSION_OVERFLOW",
    `The tensor ${JSON.stringify(facts.name)} claims ${dims} values but the file ${problem === "which no memory can hold" ? `could not: that is a size ${problem}` : problem}. The file is damaged or made to harm; export it again.`,
  );
}
