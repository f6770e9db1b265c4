import { rm } from "node:fs/promises";
import { join } from "node:path";

/** Removes what has arrived of an upload, and the note that the tus server keeps beside it. Bytes that are still being written go with it. */
export async function removeUploadFiles(directory: string, uploadId: string): Promise<void> {
  const path = join(directory, uploadId);
  await Promise.all([rm(path, { force: true }), rm(`${path}.json`, { force: true })]);
}
