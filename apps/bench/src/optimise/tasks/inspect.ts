import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { PlacementReport } from "@flotilla/contracts";
import { nameNodes, quantisedNodes, readModel, writeModel } from "@flotilla/onnx";
import { readRuntimeProfile, summarisePlacement } from "@flotilla/validate/placement";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { measureSpeed } from "../../accuracy/measure-speed.ts";
import { batchesOf, openPixels, type PixelFile, type PixelSet } from "../../accuracy/pixel-set.ts";

interface Request {
  readonly source: string;
  readonly files: readonly string[];
  readonly pixels: PixelFile;
}

const SPEED_MS = 1000;
const PROFILED_RUNS = 10;

export interface Inspection {
  /** The original's time over this file's. */
  readonly speed: number;
  /** null for a file without quantised nodes. */
  readonly placement: PlacementReport | null;
}

/** Speed against the original, and the kernels that the runtime chose. */
export async function run({ source, files, pixels }: Request): Promise<Inspection[]> {
  const samples = await openPixels(pixels);
  const original = await readFile(source);
  const inspections: Inspection[] = [];
  for (const file of files) {
    const bytes = await readFile(file);
    const { ratio } = await measureSpeed(original, bytes, samples, SPEED_MS);
    inspections.push({ speed: ratio, placement: await profile(bytes, samples) });
  }
  return inspections;
}

async function profile(bytes: Uint8Array, samples: PixelSet): Promise<PlacementReport | null> {
  const model = readModel(bytes);
  nameNodes(model);
  const quantised = quantisedNodes(model);
  if (quantised.length === 0) return null;
  const folder = await mkdtemp(path.join(tmpdir(), "flotilla-profile-"));
  try {
    const session = await InferenceSession.create(writeModel(model), {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
      enableProfiling: true,
      profileFilePrefix: path.join(folder, "profile"),
    });
    const [input = ""] = session.inputNames;
    const [feeds] = batchesOf(samples, input, 1, [0])();
    const tensor = new Tensor("float32", feeds?.[input]?.data as Float32Array, [1, ...samples.shape]);
    for (let run = 0; run < PROFILED_RUNS; run += 1) await session.run({ [input]: tensor });
    session.endProfiling();
    await session.release();
    const [name = ""] = await readdir(folder);
    return summarisePlacement(readRuntimeProfile(await readFile(path.join(folder, name), "utf8")), quantised);
  } finally {
    await rm(folder, { recursive: true });
  }
}
