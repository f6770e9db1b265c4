export { elementCount, type NpyArray, type NpyData, type NpyHeader, type NpyType } from "./npy-array.ts";
export { parseNpyHeader } from "./parse-npy-header.ts";
export { readNpy } from "./read-npy.ts";
export { writeNpy } from "./write-npy.ts";
