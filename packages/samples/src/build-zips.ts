/**
 * Writes the zips of PNG images in `files/` from the `.npy` files beside them: `pnpm --filter @flotilla/samples build-zips`.
 * The same bytes on every run: fixed dates and order.
 */
import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { encode } from "fast-png";
import yazl from "yazl";
import { samples } from "./index.ts";

const SIDE = 28;
const PIXELS = SIDE * SIDE;
/** The earliest date that a zip can hold. */
const DATE = new Date(1980, 0, 1);

/** The data of a version 1 `.npy` file of uint8. */
async function readBytes(path: string): Promise<Uint8Array> {
  const file = await readFile(path);
  return file.subarray(10 + file.readUInt16LE(8));
}

async function buildZip(imagesPath: string, labelsPath: string, zipPath: string): Promise<void> {
  const images = await readBytes(imagesPath);
  const labels = await readBytes(labelsPath);
  const zip = new yazl.ZipFile();
  for (const [index, label] of labels.entries()) {
    const data = images.subarray(index * PIXELS, (index + 1) * PIXELS);
    const png = encode({ width: SIDE, height: SIDE, channels: 1, depth: 8, data });
    // Stored: a PNG is deflated already.
    zip.addBuffer(Buffer.from(png), `${label}/${String(index).padStart(4, "0")}.png`, {
      mtime: DATE,
      mode: 0o100644,
      compress: false,
      forceDosTimestamp: true,
    });
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(zipPath));
}

await buildZip(samples.mnistTestImages, samples.mnistTestLabels, samples.mnistTestZip);
await buildZip(samples.mnistCalibrationImages, samples.mnistCalibrationLabels, samples.mnistCalibrationZip);
