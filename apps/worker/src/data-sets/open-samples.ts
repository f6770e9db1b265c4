import { readFile } from "node:fs/promises";
import type { Preprocessing } from "@flotilla/contracts";
import { FlotillaError } from "@flotilla/contracts/errors";
import { decodeImage } from "@flotilla/validate/image";
import type { SampleArray } from "@flotilla/validate/feed";
import { elementCount, type NpyArray, readNpy } from "@flotilla/validate/npy";
import { preprocess, preprocessedShape, type RawImage } from "@flotilla/validate/preprocess";
import type { DataSetFiles } from "../sandbox/protocol.ts";
import { openImagePack } from "./image-pack.ts";
import { readArrays } from "./read-arrays.ts";

/** The samples of a data set: one array of values each, or one for every input that the data set feeds. */
export interface Samples {
  count: number;
  arrays: readonly SampleArray[];
  /** The values of one sample, an array for each of `arrays`. */
  read(index: number): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/** Opens the samples of a data set as float32 model inputs. Throws PREPROCESSING_MISMATCH, IMAGE_BROKEN and what `.npy` reading throws. */
export async function openSamples(data: DataSetFiles): Promise<Samples> {
  if (data.kind === "images") return openImages(data.path, data.preprocessing);
  if (data.kind === "npz") return openArrays(await readArrays(data.path));
  return openArray(readNpy(await readFile(data.path)), data.preprocessing);
}

/** Several inputs are fed as they are: a card's preprocessing is for one image. */
function openArrays(arrays: readonly { readonly name: string; readonly array: NpyArray }[]): Samples {
  return {
    count: arrays[0]?.array.shape[0] ?? 0,
    arrays: arrays.map(({ name, array }) => ({ name, shape: array.shape.slice(1) })),
    read: async (index) => arrays.map(({ array }) => valuesAt(array, index)),
    close: async () => undefined,
  };
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
    arrays: [{ name: null, shape: preprocessedShape(preprocessing) }],
    read: async (index) => [preprocess(decodeImage(await pack.read(index)), preprocessing)],
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
      arrays: [{ name: null, shape: preprocessedShape(preprocessing) }],
      read: async (index) => [preprocess(imageAt(array, index, frame), preprocessing)],
      close,
    };
  }
  return { count, arrays: [{ name: null, shape }], read: async (index) => [valuesAt(array, index)], close };
}

function valuesAt({ data, shape }: NpyArray, index: number): Float32Array {
  const size = elementCount(shape.slice(1));
  return Float32Array.from(data.subarray(index * size, (index + 1) * size) as ArrayLike<number | bigint>, Number);
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
