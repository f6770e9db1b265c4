import { FlotillaError } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import { readNpy } from "@flotilla/validate/npy";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ReleaseManifest } from "@flotilla/contracts";

type Images = { shape: [number, number, number, number]; data: Uint8Array };

/**
 * The workload of a demonstration: real images, one a request, through this device's own inference endpoint over HTTP, so that what
 * is reported of latency and outputs is measured.
 *
 * @param path a `.npy` file of uint8 images [n, h, w] or [n, h, w, c], or a directory of such files
 * @param running the release that serves now; null while there is none
 * @returns a function that stops it
 */
export async function startReplay(
  path: string,
  intervalMs: number,
  port: number,
  running: () => ReleaseManifest | null,
  logger: Logger,
): Promise<() => void> {
  const sets = await Promise.all((await filesOf(path)).map(loadImages));
  const images = sets.flatMap(({ shape: [n, ...rest], data }) => {
    const size = rest.reduce((product, length) => product * length, 1);
    return Array.from({ length: n }, (_, index) => ({ shape: [1, ...rest], data: data.subarray(index * size, (index + 1) * size) }));
  });
  if (images.length === 0) throw new FlotillaError("NOT_A_DATA_SET", `--replay ${path} holds no image.`);
  let next = 0;
  let busy = false;
  const send = async (): Promise<void> => {
    const manifest = running();
    const image = images[next % images.length];
    const input = manifest?.inputs[0];
    if (manifest === null || image === undefined || input === undefined) return;
    next += 1;
    const body = JSON.stringify({ inputs: [{ name: input.name, datatype: "UINT8", shape: image.shape, data: [...image.data] }] });
    const response = await fetch(`http://127.0.0.1:${port}/v2/models/${encodeURIComponent(manifest.modelName)}/infer`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
    const text = await response.text();
    if (!response.ok) logger.warn({ status: response.status, answer: text.slice(0, 200) }, "the demonstration's request was refused");
  };
  const timer = setInterval(() => {
    // A slow model gets fewer requests, never a queue.
    if (busy) return;
    busy = true;
    send()
      .catch((error: unknown) =>
        logger.warn({ error: error instanceof Error ? error.message : String(error) }, "the demonstration's request failed"),
      )
      .finally(() => {
        busy = false;
      });
  }, intervalMs);
  return () => clearInterval(timer);
}

async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new FlotillaError("NOT_FOUND", `--replay ${path} does not exist.`, { cause });
  });
  if (!found.isDirectory()) return [path];
  return (await readdir(path))
    .filter((name) => name.endsWith(".npy"))
    .toSorted()
    .map((name) => join(path, name));
}

async function loadImages(path: string): Promise<Images> {
  const { type, shape, data } = readNpy(await readFile(path));
  const [n, height, width, depth = 1] = shape;
  if (type !== "uint8" || !(data instanceof Uint8Array) || n === undefined || height === undefined || width === undefined) {
    throw new FlotillaError(
      "NOT_A_DATA_SET",
      `--replay ${path} holds ${type} of shape (${shape.join(", ")}); uint8 images (n, height, width) or (n, height, width, channels) are replayed.`,
    );
  }
  return { shape: [n, height, width, depth], data };
}
