export * from "./image/index.ts";
export * from "./metrics/index.ts";
export * from "./npy/index.ts";
export * from "./preprocess/index.ts";
