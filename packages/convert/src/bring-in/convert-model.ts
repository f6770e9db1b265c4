import type { ConversionOptions, SourceFormat } from "@flotilla/contracts";
import { plainBytes } from "./plain-bytes.ts";
import type { BroughtIn } from "./source.ts";
import { sourceOf } from "./sources.ts";

/**
 * A model of another framework as ONNX, cleaned up. Nothing of the file is executed.
 * @throws FlotillaError UNSUPPORTED_OPERATOR with everything that cannot be converted, or what is wrong with the file
 */
export async function convertModel(bytes: Uint8Array, format: SourceFormat, options: ConversionOptions): Promise<BroughtIn> {
  const source = await sourceOf(format);
  return source.convert(plainBytes(bytes), options);
}
