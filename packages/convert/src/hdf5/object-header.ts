import { convertError } from "../errors.ts";
import type { ByteReader } from "./byte-reader.ts";

/** Numbers of the header messages that are read. Source: HDF5 File Format Specification 3.0, IV.A.2 */
export const MessageType = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

export interface HeaderMessage {
  readonly type: number;
  /** Its content stands in another object. */
  readonly shared: boolean;
  /** A cursor limited to the message. */
  readonly body: ByteReader;
}

interface Block {
  readonly position: number;
  readonly length: number;
}

/** A header of more messages than this is no model's. */
const MAX_MESSAGES = 100_000;

/** The messages of the object at `address`, through all continuations; a continuation that comes back is an error. */
export function readObjectHeader(file: ByteReader, address: number): HeaderMessage[] {
  const reader = file.at(address);
  const modern = Buffer.from(reader.bytes.subarray(address, address + 4)).toString("latin1") === "OHDR";
  const start = modern ? startModern(reader) : startOld(reader);
  const messages: HeaderMessage[] = [];
  const seen = new Set<number>();
  const blocks: Block[] = [start];
  for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
    if (seen.has(block.position))
      throw convertError("INVALID_GRAPH", `The HDF5 object header at byte ${address} continues in itself. Save the model again.`);
    seen.add(block.position);
    for (const message of readBlock(file.at(block.position, block.length), modern, start.ordered)) {
      if (messages.length > MAX_MESSAGES)
        throw convertError("TOO_MANY_NODES", `The HDF5 object at byte ${address} has more than ${MAX_MESSAGES} header messages.`);
      messages.push(message);
      if (message.type === MessageType.continuation) blocks.push(continuation(message.body.at(message.body.position), file, modern));
    }
  }
  return messages;
}

interface Start extends Block {
  /** Messages carry their order of creation (two bytes more). */
  readonly ordered: boolean;
}

function startOld(reader: ByteReader): Start {
  const version = reader.u8();
  if (version !== 1)
    throw convertError("INVALID_GRAPH", `The HDF5 file has no object header at byte ${reader.position - 1}. Save the model again.`);
  reader.skip(7);
  const length = reader.u32();
  reader.skip(4);
  return { position: reader.position, length, ordered: false };
}

function startModern(reader: ByteReader): Start {
  reader.signature("OHDR");
  reader.skip(1);
  const flags = reader.u8();
  if ((flags & 0x20) !== 0) reader.skip(16);
  if ((flags & 0x10) !== 0) reader.skip(4);
  const length = reader.uint(2 ** (flags & 0x03));
  return { position: reader.position, length, ordered: (flags & 0x04) !== 0 };
}

function continuation(body: ByteReader, file: ByteReader, modern: boolean): Block {
  const position = body.address() ?? -1;
  const length = body.length();
  if (!modern) return { position, length };
  file.at(position, 4).signature("OCHK");
  return { position: position + 4, length: length - 8 };
}

function* readBlock(block: ByteReader, modern: boolean, ordered: boolean): Generator<HeaderMessage> {
  const head = modern ? (ordered ? 6 : 4) : 8;
  while (block.remaining >= head) {
    const type = modern ? block.u8() : block.u16();
    const size = block.u16();
    const flags = block.u8();
    block.skip(modern ? (ordered ? 2 : 0) : 3);
    const body = block.at(block.position, size);
    block.skip(size);
    if (type !== 0) yield { type, shared: (flags & 0x02) !== 0, body };
  }
}
