export { preprocess, preprocessedLength, preprocessedShape, preprocessInto } from "./preprocess.ts";
export type { RawImage } from "./raw-image.ts";
