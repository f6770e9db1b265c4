import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Goal } from "@flotilla/onnx/optimise";
import { samples } from "@flotilla/samples";
import { readMnist, readMnistFolder, readPhotos } from "../accuracy/data.ts";
import { PEER_STATIC, SEVEN_BITS, STATIC } from "./make-variants.ts";
import { type PixelFile, type PixelSet, storePixels } from "../accuracy/pixel-set.ts";

/** A model with its data, in files that every process reads. */
export interface Case {
  readonly name: string;
  readonly source: string;
  readonly sourceBytes: number;
  readonly calibration: PixelFile;
  readonly test: PixelFile;
  /** Labels of the test set; without them the answers are compared with the original's. */
  readonly labels: readonly number[] | null;
  readonly batch: number;
  /** Points that a variant may lose before its gate fails. */
  readonly maxLoss: number;
  /** Variants to be run on a processor without VNNI too: emulated, one takes minutes. */
  readonly elsewhere: readonly string[];
  /** Only of a model whose variant is searched for. */
  readonly search: { readonly steering: PixelFile; readonly goal: Goal } | null;
}

export interface CaseFlags {
  readonly mnist?: string | undefined;
  readonly photos?: string | undefined;
  readonly model?: string | undefined;
}

/** The two sample models on MNIST, and the classifier of photos where its files are given. */
export async function prepareCases({ mnist, photos, model }: CaseFlags, folder: string): Promise<Case[]> {
  const store = (name: string, set: PixelSet): Promise<PixelFile> => storePixels(set, path.join(folder, `${name}.pixels`));
  const digits = mnist === undefined ? await readMnist("test") : await readMnistFolder(mnist);
  const shared = {
    calibration: await store("mnist-calibration", await readMnist("calibration")),
    test: await store("mnist-test", digits),
    labels: digits.labels,
    batch: 50,
    search: null,
  };
  const cases: Case[] = [
    { name: "mnist_cnn_bn", ...(await fileOf(samples.mnistCnn)), ...shared, maxLoss: 1, elsewhere: [SEVEN_BITS] },
    {
      name: "mini_mobilenet_w2",
      ...(await fileOf(samples.mnistMobilenet)),
      ...shared,
      maxLoss: 2,
      elsewhere: [STATIC, SEVEN_BITS, PEER_STATIC],
    },
  ];
  if (photos === undefined && model === undefined) return cases;
  if (photos === undefined || model === undefined) throw new Error("--photos and --model belong together: give both, or neither.");
  const pictures = async (name: string): Promise<PixelFile> => store(name, await readPhotos(path.join(photos, `${name}.zip`)));
  const goal = { minScore: 0.98, maxBytes: 3_200_000, minSpeedup: 1.3 };
  return [
    ...cases,
    {
      name: "MobileNetV2",
      ...(await fileOf(model)),
      calibration: await pictures("calibration"),
      test: await pictures("test"),
      labels: null,
      batch: 8,
      maxLoss: 2,
      elsewhere: [],
      search: { steering: await pictures("steer"), goal },
    },
  ];
}

async function fileOf(source: string): Promise<{ source: string; sourceBytes: number }> {
  return { source, sourceBytes: (await readFile(source)).length };
}
