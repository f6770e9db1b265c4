import { readFile } from "node:fs/promises";
import { FlotillaError, type Preprocessing } from "@flotilla/contracts";
import { decodeImage } from "@flotilla/validate/image";
import { elementCount, type NpyArray, readNpy } from "@flotilla/validate/npy";
import { preprocess, preprocessedShape, type RawImage } from "@flotilla/validate/preprocess";
import type { DataSetFiles } from "../sandbox/protocol.ts";
import { openImagePack } from "./image-pack.ts";

/** The samples of a data set, each as one model input without its batch axis. */
export interface Samples {
  count: number;
  /** Shape of one sample, without the batch axis. */
  shape: number[];
  read(index: number): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Opens the samples of a data set as float32 model inputs. Throws PREPROCESSING_MISMATCH, IMAGE_BROKEN and what `.npy` reading throws. */
export async function openSamples(data: DataSetFiles): Promise<Samples> {
  return data.kind === "images"
    ? openImages(data.path, data.preprocessing)
    : openArray(readNpy(await readFile(data.path)), data.preprocessing);
}

async function openImages(path: string, preprocessing: Preprocessing | null): Promise<Samples> {
  if (preprocessing === null) {
    throw new FlotillaError(
      "PREPROCESSING_MISMATCH",
      "The data set holds images, but the model's card has no preprocessing. Fill it in on the model's page.",
    );
  }
  const pack = await openImagePack(path);
  return {
    count: pack.count,
    shape: preprocessedShape(preprocessing),
    read: async (index) => preprocess(decodeImage(await pack.read(index)), preprocessing),
    close: () => pack.close(),
  };
}

function openArray(array: NpyArray, preprocessing: Preprocessing | null): Samples {
  const [count = 0, ...shape] = array.shape;
  const close = async (): Promise<void> => undefined;
  if (preprocessing !== null && array.type === "uint8") {
    const frame = imageShape(shape);
    return {
      count,
      shape: preprocessedShape(preprocessing),
      read: async (index) => preprocess(imageAt(array, index, frame), preprocessing),
      close,
    };
  }
  const size = elementCount(shape);
  return {
    count,
    shape,
    read: async (index) => Float32Array.from(array.data.subarray(index * size, (index + 1) * size) as ArrayLike<number | bigint>, Number),
    close,
  };
}

type Frame = Pick<RawImage, "width" | "height" | "channels">;

function imageShape(shape: readonly number[]): Frame {
  const [height = 0, width = 0, channels = 1] = shape;
  if (shape.length < 2 || shape.length > 3 || (channels !== 1 && channels !== 3)) {
    throw new FlotillaError(
      "PREPROCESSING_MISMATCH",
      `Samples of shape ${shape.join(" × ")} are no images: [height, width] or [height, width, 1 or 3] is needed.`,
    );
  }
  return { width, height, channels };
}

function imageAt(array: NpyArray, index: number, frame: Frame): RawImage {
  const size = frame.width * frame.height * frame.channels;
  return { ...frame, data: array.data.subarray(index * size, (index + 1) * size) as Uint8Array };
}
