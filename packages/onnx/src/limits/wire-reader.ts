import { OnnxError } from "../errors.ts";

export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH_DELIMITED = 2;
export const FIXED32 = 5;

/**
 * A cursor over protobuf wire format (https://protobuf.dev/programming-guides/encoding/) that never allocates per field.
 * `field`, `wireType` and, for length-delimited fields, `[start, end)` describe the field that `next` read last.
 */
export class WireReader {
  readonly bytes: Uint8Array;
  position = 0;
  field = 0;
  wireType = 0;
  start = 0;
  end = 0;
  /** The value of the last varint field, exact up to 2^53; larger and negative ones are only approximate. */
  varint = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Reads a varint as a number; int64 negatives arrive as values above 2^63. */
  readVarint(limit: number): number {
    let result = 0;
    let scale = 1;
    for (let count = 0; count < 10; count += 1) {
      if (this.position >= limit) throw truncated(this.position);
      const byte = this.bytes[this.position] ?? 0;
      this.position += 1;
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) return result;
      scale *= 128;
    }
    throw new OnnxError(
      "NOT_A_MODEL",
      `The file is not an ONNX model: a number at byte ${this.position} never ends. Export the model again.`,
    );
  }

  /** Steps over one field inside `[position, limit)`. */
  next(limit: number): void {
    const tag = this.readVarint(limit);
    this.field = Math.floor(tag / 8);
    this.wireType = tag % 8;
    if (this.field === 0 || this.field > 536_870_911) throw broken(this.position);
    if (this.wireType === VARINT) {
      this.varint = this.readVarint(limit);
      return;
    }
    const length = this.wireType === LENGTH_DELIMITED ? this.readVarint(limit) : this.fixedLength();
    if (length > limit - this.position) throw truncated(this.bytes.length);
    this.start = this.position;
    this.end = this.position + length;
    this.position = this.end;
  }

  private fixedLength(): number {
    if (this.wireType === FIXED64) return 8;
    if (this.wireType === FIXED32) return 4;
    throw broken(this.position);
  }
}

function truncated(at: number): OnnxError {
  return new OnnxError(
    "TRUNCATED_FILE",
    `The file ends at byte ${at} in the middle of the model, so a part of it is missing. Copy or export it again and upload the whole file.`,
  );
}

function broken(at: number): OnnxError {
  return new OnnxError("NOT_A_MODEL", `The file is not an ONNX model: byte ${at} belongs to no ONNX field. Export the model as .onnx.`);
}
