import { open, writeFile } from "node:fs/promises";
import { FlotillaError, isFlotillaError } from "@flotilla/contracts/errors";
import { decodeImage, measureImage, sniffImage } from "@flotilla/validate/image";
import { parseNpyHeader } from "@flotilla/validate/npy";
import { writeImagePack } from "../../data-sets/image-pack.ts";
import { labelsFromNpy } from "../../data-sets/npy-labels.ts";
import { type Labels, labelsFromCsv, labelsFromFolders } from "../../data-sets/parse-labels.ts";
import { readArchive } from "../../data-sets/read-archive.ts";
import { isLabels, readArrays } from "../../data-sets/read-arrays.ts";
import type { Handler, HandlerContext, ResultOf } from "../protocol.ts";

type Result = ResultOf<"inspect-data-set">;

const DATA_FILE = "data";
const LABELS_FILE = "labels";
const HEAD_BYTES = 16_384;
/** Pixels that are decoded to see whether images are whole; beyond, headers alone are read: a photo takes a second. */
const DECODED_PIXELS = 300_000_000;

/** Recognises a data set by its bytes, checks it, and writes what is to be stored into the working directory. */
export const inspectDataSet: Handler<"inspect-data-set"> = async ({ path }, context) => {
  const { head, sizeBytes } = await readHead(path);
  if (sizeBytes === 0) throw new FlotillaError("EMPTY_FILE", "The file is empty (0 bytes). Upload the data set itself.");
  if (head.toString("latin1", 0, 6) === "\u0093NUMPY") return describeNpy(head, sizeBytes, null);
  // PK\3\4 begins an entry, PK\5\6 an archive without any.
  if (head[0] === 0x50 && head[1] === 0x4b) return inspectArchive(path, context);
  throw new FlotillaError(
    "NOT_A_DATA_SET",
    "The file is neither a zip archive nor a .npy array. Upload a zip of PNG or JPEG images, or an array saved with numpy.save.",
  );
};

async function readHead(path: string): Promise<{ head: Buffer; sizeBytes: number }> {
  const file = await open(path, "r");
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return { head: buffer.subarray(0, bytesRead), sizeBytes: (await file.stat()).size };
  } finally {
    await file.close();
  }
}

function describeNpy(head: Uint8Array, sizeBytes: number, dataFile: string | null): Result {
  const header = parseNpyHeader(head);
  const [sampleCount = 0, ...sampleShape] = header.shape;
  if (header.dataOffset + header.dataBytes !== sizeBytes) {
    throw new FlotillaError(
      "TRUNCATED_FILE",
      `The .npy file has ${sizeBytes} bytes, but its shape asks for ${header.dataOffset + header.dataBytes}. Send the whole file.`,
    );
  }
  if (header.shape.length < 2 || sampleCount < 1) {
    throw new FlotillaError(
      "NOT_A_DATA_SET",
      `The array has shape (${header.shape.join(", ")}); the first axis must count samples and others hold their values.`,
    );
  }
  return { dataSetKind: "npy", dataFile, labelsFile: null, sampleCount, sampleShape, classNames: [] };
}

interface Found {
  images: string[];
  firstShape: number[];
  decodedPixels: number;
  csv: string | null;
  labelsNpy: Uint8Array | null;
  arrays: { name: string; bytes: Uint8Array }[];
}

async function inspectArchive(path: string, context: HandlerContext): Promise<Result> {
  const found: Found = { images: [], firstShape: [], decodedPixels: 0, csv: null, labelsNpy: null, arrays: [] };
  const pack = await writeImagePack(DATA_FILE);
  await readArchive(path, async (entry) => {
    const bytes = await entry.read();
    if (sniffImage(bytes) !== null) {
      checkImage(entry.name, bytes, found);
      await pack.add(entry.name, bytes);
      if (found.images.length % 100 === 0) context.progress({ step: "reading", done: found.images.length, total: null });
    } else takeOther(entry.name, bytes, found);
  });
  await pack.finish();
  if (found.images.length > 0) return describeImages(found);
  return found.arrays.length > 1 ? describeInputs(path, found) : describeArray(found);
}

function takeOther(name: string, bytes: Uint8Array, found: Found): void {
  const base = (name.split("/").at(-1) ?? name).toLowerCase();
  if (base === "labels.csv") found.csv = Buffer.from(bytes).toString("utf8");
  else if (isLabels(name)) found.labelsNpy = bytes;
  else if (base.endsWith(".npy")) found.arrays.push({ name, bytes });
  else if (/\.(png|jpe?g)$/.test(base))
    throw new FlotillaError("IMAGE_BROKEN", `"${name}" is named like an image but is none. Save it again as PNG or JPEG.`);
}

function checkImage(name: string, bytes: Uint8Array, found: Found): void {
  try {
    if (found.decodedPixels < DECODED_PIXELS) {
      const image = decodeImage(bytes);
      found.decodedPixels += image.width * image.height;
      if (found.images.length === 0) found.firstShape = [image.height, image.width, image.channels];
    } else measureImage(bytes, sniffImage(bytes) ?? "png");
  } catch (error) {
    if (!isFlotillaError(error)) throw error;
    throw new FlotillaError(error.code, `"${name}": ${error.message}`, { cause: error });
  }
  found.images.push(name);
}

async function describeImages(found: Found): Promise<Result> {
  const labels = found.csv === null ? labelsFromFolders(found.images) : labelsFromCsv(found.csv, found.images);
  const described = {
    dataSetKind: "images" as const,
    dataFile: DATA_FILE,
    sampleCount: found.images.length,
    sampleShape: found.firstShape,
  };
  return { ...described, ...(await storeLabels(labels)) };
}

async function describeArray(found: Found): Promise<Result> {
  const [array] = found.arrays;
  if (array === undefined)
    throw new FlotillaError("NOT_A_DATA_SET", "The archive holds no PNG or JPEG image and no .npy array. Pack the images themselves.");
  await writeFile(DATA_FILE, array.bytes);
  const described = describeNpy(array.bytes.subarray(0, HEAD_BYTES), array.bytes.byteLength, DATA_FILE);
  return { ...described, ...(await labelsOf(found, described.sampleCount)) };
}

/** An array for each input of a model. The archive is stored as it came: it is small beside what unpacking would write. */
async function describeInputs(path: string, found: Found): Promise<Result> {
  const largest = (await readArrays(path)).toSorted((a, b) => b.array.data.length - a.array.data.length)[0];
  const [sampleCount = 0, ...sampleShape] = largest?.array.shape ?? [];
  return { dataSetKind: "npz", dataFile: null, sampleCount, sampleShape, ...(await labelsOf(found, sampleCount)) };
}

async function labelsOf(found: Found, sampleCount: number): Promise<Pick<Result, "labelsFile" | "classNames">> {
  return found.labelsNpy === null ? { labelsFile: null, classNames: [] } : storeLabels(labelsFromNpy(found.labelsNpy, sampleCount));
}

async function storeLabels({ labels, classNames }: Labels): Promise<Pick<Result, "labelsFile" | "classNames">> {
  if (labels === null) return { labelsFile: null, classNames: [] };
  const bytes = Buffer.alloc(labels.length * 4);
  for (const [index, label] of labels.entries()) bytes.writeInt32LE(label, index * 4);
  await writeFile(LABELS_FILE, bytes);
  return { labelsFile: LABELS_FILE, classNames };
}
