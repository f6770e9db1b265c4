import { inflateSync } from "node:zlib";
import { convertError } from "../errors.ts";
import type { ByteReader } from "./byte-reader.ts";
import { chunksOfIndex, chunksOfTree, type Grid } from "./chunk-index.ts";
import { type HeaderMessage, MessageType } from "./object-header.ts";

export interface Extent {
  readonly dims: readonly number[];
  readonly maxDims: readonly (number | null)[];
  readonly elementBytes: number;
  readonly totalBytes: number;
}

interface Filter {
  readonly id: number;
  readonly values: readonly number[];
}

/**
 * The bytes of a dataset: compact, contiguous (a view into the file) or in chunks with deflate, shuffle and checksums.
 * Source: HDF5 File Format Specification 3.0, IV.A.2.i and IV.A.2.l
 * @throws FlotillaError UNSUPPORTED_FORMAT for other layouts and filters, EXTERNAL_DATA_OUTSIDE for data in other files
 */
export function readElements(file: ByteReader, messages: readonly HeaderMessage[], extent: Extent): Uint8Array {
  if (messages.some(({ type }) => type === MessageType.externalFiles)) throw outside("keeps data in another file");
  const layout = messages.find(({ type }) => type === MessageType.layout);
  if (layout === undefined) throw convertError("INVALID_GRAPH", "The HDF5 file has a dataset without a layout. Save the model again.");
  const reader = layout.body.at(layout.body.position);
  const version = reader.u8();
  const kind = reader.u8();
  if (version !== 3 && version !== 4) throw unsupported(`a layout of version ${version}`);
  if (kind === 3) throw outside("is a view of other files");
  if (kind === 0) return exactly(reader.take(reader.u16()), extent);
  if (kind === 1) return contiguous(file, reader, extent);
  const filters = messages.filter(({ type }) => type === MessageType.filters).flatMap(({ body }) => readFilters(body.at(body.position)));
  return chunked(file, reader, version, extent, filters);
}

function outside(what: string): Error {
  return convertError("EXTERNAL_DATA_OUTSIDE", `A dataset of the HDF5 file ${what}. Save the model with all of its data inside.`);
}

function unsupported(what: string): Error {
  return convertError("UNSUPPORTED_FORMAT", `The HDF5 file uses ${what}, which is not read here. Save the model with Keras' own save().`);
}

function exactly(bytes: Uint8Array, { totalBytes }: Extent): Uint8Array {
  if (bytes.length >= totalBytes) return bytes.subarray(0, totalBytes);
  throw convertError("TRUNCATED_FILE", `The HDF5 file has ${bytes.length} bytes for a dataset of ${totalBytes}. Save the model again.`);
}

function contiguous(file: ByteReader, reader: ByteReader, extent: Extent): Uint8Array {
  const address = reader.address();
  // Never written: the format says that it reads as its fill value, which h5py leaves at zero.
  if (address === null) return zeros(extent, file);
  return file.at(address, extent.totalBytes).take(extent.totalBytes);
}

/** A few bytes must not be able to ask for gigabytes: data that are not in the file may be at most 64 times as large as the file. */
function zeros({ totalBytes }: Extent, file: ByteReader): Uint8Array {
  if (totalBytes > 64 * file.bytes.length) throw tooLarge(totalBytes, file);
  return new Uint8Array(totalBytes);
}

function tooLarge(bytes: number, file: ByteReader): Error {
  return convertError("TOO_LARGE", `The HDF5 file of ${file.bytes.length} bytes declares a dataset of ${bytes}. Save the model again.`);
}

function readFilters(reader: ByteReader): Filter[] {
  const version = reader.u8();
  const count = reader.u8();
  if (version === 1) reader.skip(6);
  return Array.from({ length: count }, () => {
    const id = reader.u16();
    const nameLength = version === 1 || id >= 256 ? reader.u16() : 0;
    reader.skip(2);
    const valueCount = reader.u16();
    reader.skip(version === 1 ? Math.ceil(nameLength / 8) * 8 : nameLength);
    const values = Array.from({ length: valueCount }, () => reader.u32());
    if (version === 1 && valueCount % 2 === 1) reader.skip(4);
    return { id, values };
  });
}

/** Undoes the filters from the last to the first; a bit of `mask` says that its filter was left out. */
function unfilter(bytes: Uint8Array, filters: readonly Filter[], mask: number, chunkBytes: number): Uint8Array {
  let data = bytes;
  for (const [index, filter] of [...filters.entries()].reverse()) {
    if ((mask & (1 << index)) !== 0) continue;
    if (filter.id === 1) data = inflate(data, chunkBytes);
    else if (filter.id === 2) data = unshuffle(data, filter.values[0] ?? 1);
    else if (filter.id === 3) data = data.subarray(0, Math.max(0, data.length - 4));
    else throw unsupported(`the compression filter ${filter.id}`);
  }
  if (data.length >= chunkBytes) return data;
  throw convertError("TRUNCATED_FILE", `A chunk of the HDF5 file has ${data.length} of its ${chunkBytes} bytes. Save the model again.`);
}

function inflate(data: Uint8Array, chunkBytes: number): Uint8Array {
  try {
    // Behind the chunk at most a checksum of four bytes.
    return inflateSync(data, { maxOutputLength: chunkBytes + 4 });
  } catch (cause) {
    throw convertError("INVALID_GRAPH", "A compressed chunk of the HDF5 file is damaged. Save the model again.", cause);
  }
}

function unshuffle(data: Uint8Array, width: number): Uint8Array {
  if (width < 2) return data;
  const count = Math.floor(data.length / width);
  const result = new Uint8Array(data);
  for (let index = 0; index < count; index += 1)
    for (let byte = 0; byte < width; byte += 1) result[index * width + byte] = data[byte * count + index] ?? 0;
  return result;
}

function chunkDims(reader: ByteReader, count: number, size: number, { dims }: Extent): number[] {
  const chunk = Array.from({ length: count }, () => reader.uint(size)).slice(0, -1);
  if (chunk.length !== dims.length || chunk.some((dim) => dim === 0))
    throw convertError("INVALID_GRAPH", `The HDF5 file cuts a dataset of [${dims.join(", ")}] into chunks of [${chunk.join(", ")}].`);
  return chunk;
}

function chunked(file: ByteReader, reader: ByteReader, version: number, extent: Extent, filters: readonly Filter[]): Uint8Array {
  const flags = version === 4 ? reader.u8() : 0;
  const rank = reader.u8();
  const tree = version === 3 ? reader.address() : null;
  const chunk = chunkDims(reader, rank, version === 3 ? 4 : reader.u8(), extent);
  const result = zeros(extent, file);
  if (version === 3 && tree === null) return result;
  const chunkBytes = chunk.reduce((total, dim) => total * dim, extent.elementBytes);
  if (chunkBytes > 64 * file.bytes.length) throw tooLarge(chunkBytes, file);
  const grid: Grid = { ...extent, chunk, chunkBytes };
  const chunks = tree === null ? chunksOfIndex(file, reader, flags, grid, filters.length > 0) : chunksOfTree(file, tree, grid);
  for (const { place, address, bytes, mask } of chunks) {
    const offsets = chunk.map((size, axis) => (place[axis] ?? 0) * size);
    put(result, extent, chunk, offsets, unfilter(file.at(address, bytes).take(bytes), filters, mask, chunkBytes));
  }
  return result;
}

/** Copies a chunk to its place, row by row; what reaches over the border of the dataset is left out. */
function put(
  target: Uint8Array,
  { dims, elementBytes }: Extent,
  chunk: readonly number[],
  offsets: readonly number[],
  data: Uint8Array,
): void {
  const rank = dims.length;
  const counts = chunk.map((size, axis) => Math.max(0, Math.min(size, (dims[axis] ?? 0) - (offsets[axis] ?? 0))));
  const rows = counts.slice(0, -1).reduce((total, count) => total * count, 1);
  const rowBytes = (counts[rank - 1] ?? 0) * elementBytes;
  if (rowBytes === 0) return;
  for (let row = 0; row < rows; row += 1) {
    let rest = row;
    let [to, toStride, from, fromStride] = [offsets[rank - 1] ?? 0, dims[rank - 1] ?? 1, 0, chunk[rank - 1] ?? 1];
    for (let axis = rank - 2; axis >= 0; axis -= 1) {
      const at = rest % (counts[axis] ?? 1);
      rest = Math.floor(rest / (counts[axis] ?? 1));
      to += (at + (offsets[axis] ?? 0)) * toStride;
      from += at * fromStride;
      toStride *= dims[axis] ?? 1;
      fromStride *= chunk[axis] ?? 1;
    }
    target.set(data.subarray(from * elementBytes, from * elementBytes + rowBytes), to * elementBytes);
  }
}
