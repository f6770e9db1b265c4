export { type DecodeOptions, decodeImage } from "./decode-image.ts";
export { type ImageFormat, sniffImage } from "./image-format.ts";
export { measureImage } from "./measure-image.ts";
