/** The same bytes as a plain array: `slice` of a Node Buffer is no copy, against what every reader of bytes may expect. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
