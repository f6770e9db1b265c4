import { readFile } from "node:fs/promises";
import { cpus } from "node:os";
import { DataType, writeModel } from "@flotilla/onnx";
import { openModel } from "./accuracy/runtime.ts";
import { emptyModel } from "./empty-model.ts";

/** Two products of 255 and 127 make 64,770, more than 16 bits hold with a sign. */
const [ACTIVATION, WEIGHT, LENGTH] = [255, 127, 64];

/**
 * Whether the runtime's kernels for unsigned activations and signed weights saturate on this processor, by one product that must then come out wrong.
 * Flags would not tell: an emulator shows those of the machine beneath it.
 */
export async function productsSaturate(): Promise<boolean> {
  const model = emptyModel();
  const { graph } = model;
  graph.inputs.push("x");
  graph.outputs.push("y");
  graph.types.set("x", { elemType: DataType.UINT8, shape: [1, LENGTH] });
  graph.types.set("y", { elemType: DataType.INT32, shape: [1, LENGTH] });
  graph.constants.set("w", { dataType: DataType.INT8, dims: [LENGTH, LENGTH], bytes: new Uint8Array(LENGTH * LENGTH).fill(WEIGHT) });
  graph.addNode({ opType: "MatMulInteger", inputs: ["x", "w"], outputs: ["y"] });
  const session = await openModel(writeModel(model), { optimise: true });
  const { y } = await session.run({ x: { data: new Uint8Array(LENGTH).fill(ACTIVATION), dims: [1, LENGTH] } });
  await session.release();
  return y?.data[0] !== LENGTH * ACTIVATION * WEIGHT;
}

/** The processor, its flag for 8-bit products, and what the runtime's kernels really do. */
export async function describeCpu(): Promise<string> {
  const flags = await readFile("/proc/cpuinfo", "utf8").catch(() => "");
  const vnni = /\b(avx512_vnni|avx_vnni|asimddp)\b/.test(flags) ? "with" : "without";
  return `${cpus()[0]?.model ?? "unknown CPU"} ${vnni} VNNI, 8-bit products ${(await productsSaturate()) ? "saturate" : "are exact"}`;
}
