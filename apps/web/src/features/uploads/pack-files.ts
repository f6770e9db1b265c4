/** Files that only mean something together, as the one file that is uploaded: a `.npz` of arrays, a zip of a TensorFlow.js model. Others stay as they are. */
export async function packFiles(kind: string, files: readonly File[]): Promise<File[]> {
  const together =
    kind === "reference" ? files.filter((file) => file.name.endsWith(".npy")) : kind === "model" ? await partsOfModel(files) : [];
  const others = files.filter((file) => !together.includes(file));
  const [first] = together;
  if (first === undefined) return others;
  const name = kind === "reference" ? (together.length > 1 ? "reference.npz" : first.name.replace(/\.npy$/, ".npz")) : "model.zip";
  return [await zip(together, name), ...others];
}

/** `model.json` with the weight files that it names, as far as they are among the files; nothing where it is not among them. */
async function partsOfModel(files: readonly File[]): Promise<File[]> {
  const topology = files.find((file) => file.name === "model.json");
  if (topology === undefined) return [];
  const named = weightFiles(await topology.text());
  return [topology, ...files.filter((file) => named.has(file.name))];
}

/** What is wrong with a `model.json` is said by whoever converts it. */
function weightFiles(text: string): ReadonlySet<string> {
  try {
    const { weightsManifest } = JSON.parse(text) as { weightsManifest?: { paths?: unknown[] }[] };
    return new Set((weightsManifest ?? []).flatMap(({ paths }) => paths ?? []).map(String));
  } catch {
    return new Set();
  }
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** Names are UTF-8. */
const FLAGS = 0x0800;
/** The earliest day that the format knows, 1980-01-01: the same files give the same bytes, and so one upload. */
const DAY = 0x21;

/**
 * A zip of files as they are, none compressed: what is packed is numbers. A file's bytes are read once, for their checksum, and otherwise stay where
 * they are. Source: APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12, 4.3.16; without zip64, since no upload reaches 4 GiB.
 */
async function zip(files: readonly File[], name: string): Promise<File> {
  const body: BlobPart[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const file of files) {
    const label = new TextEncoder().encode(file.name);
    const facts = [
      ...half(20),
      ...half(FLAGS),
      ...half(0),
      ...half(0),
      ...half(DAY),
      ...word(await crc32(file)),
      ...word(file.size),
      ...word(file.size),
      ...half(label.length),
      ...half(0),
    ];
    body.push(Uint8Array.from([...word(LOCAL), ...facts, ...label]), file);
    directory.push(
      Uint8Array.from([...word(CENTRAL), ...half(20), ...facts, ...half(0), ...half(0), ...half(0), ...word(0), ...word(offset), ...label]),
    );
    offset += 4 + facts.length + label.length + file.size;
  }
  const directoryBytes = directory.reduce((sum, { length }) => sum + length, 0);
  const count = half(files.length);
  const end = [...word(END), ...half(0), ...half(0), ...count, ...count, ...word(directoryBytes), ...word(offset), ...half(0)];
  return new File([...body, ...directory, Uint8Array.from(end)], name, { type: "application/zip" });
}

function half(value: number): number[] {
  return [value & 255, (value >>> 8) & 255];
}

function word(value: number): number[] {
  return [...half(value), ...half(value >>> 16)];
}

const POLYNOMIAL = 0xedb88320;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/** CRC-32 of a file, as zip has it (ISO 3309). */
async function crc32(file: File): Promise<number> {
  let sum = 0xffffffff;
  const reader = file.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read())
    for (const byte of part.value) sum = (TABLE[(sum ^ byte) & 255] ?? 0) ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}
