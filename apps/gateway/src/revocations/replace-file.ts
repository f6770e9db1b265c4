import { open, rename } from "node:fs/promises";

/** Replaces a file as one step, so that nobody reads half of it; for everybody to read unless `mode` says otherwise. */
export async function replaceFile(path: string, content: string, mode = 0o644): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = await open(temporary, "w", mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
