/** What of a name may stand in a file's name on every system. */
const UNSAFE = /[^\p{L}\p{N}._-]+/gu;

/** What the file of a variant is called: its model, version and name, with the ending of a format. */
export function nameVariantFile(
  { name, modelVersion }: { name: string; modelVersion: { version: number; model: { name: string } } },
  ending: string,
): string {
  const parts = [modelVersion.model.name, String(modelVersion.version), name];
  return `${parts.map((part) => part.replaceAll(UNSAFE, "-")).join("-")}.${ending}`;
}
