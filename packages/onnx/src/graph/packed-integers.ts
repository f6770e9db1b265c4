import { DataType } from "./data-types.ts";

/** Two elements a byte, the first one in the low half (onnx.proto: "4-bit types are packed"). */
export function unpackNibbles(bytes: Uint8Array, count: number, signed: boolean): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => {
    const nibble = ((bytes[index >> 1] ?? 0) >> ((index & 1) * 4)) & 15;
    return signed && nibble > 7 ? nibble - 16 : nibble;
  });
}

/** Only the low four bits of each value are kept. */
export function packNibbles(values: ArrayLike<number | bigint>): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(values.length / 2));
  for (let index = 0; index < values.length; index += 1)
    bytes[index >> 1] = (bytes[index >> 1] ?? 0) | ((Number(values[index] ?? 0) & 15) << ((index & 1) * 4));
  return bytes;
}

export function isPacked(dataType: number): boolean {
  return dataType === DataType.INT4 || dataType === DataType.UINT4;
}
