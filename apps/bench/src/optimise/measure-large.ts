import { rm } from "node:fs/promises";
import path from "node:path";
import type { Cost } from "../children/cost.ts";
import { runTask } from "../children/run-task.ts";
import { runPeer } from "./make-variants.ts";

/** Dynamic int8 of a model made here, whose memory matters more than its answers. */
export interface LargeModel {
  readonly bytes: number;
  readonly ours: Cost;
  readonly peer: Cost | null;
}

export async function measureLarge(folder: string, python: string | undefined): Promise<LargeModel> {
  const [source, outputFile] = [path.join(folder, "large.onnx"), path.join(folder, "large-int8.onnx")];
  const { result: bytes } = await runTask("make-large", { outputFile: source });
  const { cost: ours } = await runTask("make-dynamic", { source, outputFile });
  const peer = python === undefined ? null : (await runPeer(python, { mode: "dynamic", source, outputFile })).cost;
  for (const file of [source, outputFile]) await rm(file);
  return { bytes, ours, peer };
}
