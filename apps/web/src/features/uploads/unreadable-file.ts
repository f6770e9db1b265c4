/** The browser cannot read the file: it was moved, deleted or changed since it was chosen, or is a folder. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
}

/** Throws an UnreadableFile where the file's first byte cannot be read. */
export async function assertReadable(file: File): Promise<void> {
  try {
    await file.slice(0, 1).arrayBuffer();
  } catch (cause) {
    throw new UnreadableFile(`"${file.name}" cannot be read any more.`, { cause });
  }
}
