/** The bytes are not the flatbuffer that they claim to be: an offset, a length or a table points where nothing can be. */
export class FlatbufferError extends Error {
  override readonly name = "FlatbufferError";
}
