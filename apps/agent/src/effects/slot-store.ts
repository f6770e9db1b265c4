import {
  type Assignment,
  type Envelope,
  envelopeSchema,
  FlotillaError,
  type ReleaseFile,
  type ReleaseManifest,
  sha256Schema,
  type TrustedKey,
} from "@flotilla/contracts";
import { readReleaseManifest } from "@flotilla/trust/verify";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import type { Journal, SlotName, SlotRecord } from "../core/journal.ts";
import { emptyJournal, otherSlot } from "../core/journal.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { AgentPaths } from "./agent-paths.ts";
import { fsyncDirectory, fsyncFile, readTextIfThere, writeFileAtomic } from "./atomic-file.ts";

const slotFileSchema = z.object({ envelope: envelopeSchema, variantSha256: sha256Schema });
const CONFIRMED_FILE = "confirmed.json";

/** A slot whose signature and every digest have just been checked. */
export type VerifiedSlot = { directory: string; manifest: ReleaseManifest; variantSha256: string; modelPath: string };

/** The files that a device needs for one variant: its model and the golden set, as the signed manifest names them. */
export function filesOf(manifest: ReleaseManifest, variantSha256: string): ReleaseFile[] {
  const variant = manifest.variants.find((candidate) => candidate.model.sha256 === variantSha256);
  if (variant === undefined) {
    throw new FlotillaError(
      "ENVELOPE_INVALID",
      `The signed release does not contain a variant with the digest ${variantSha256}, which was assigned.`,
    );
  }
  return [variant.model, ...manifest.golden.inputs, ...manifest.golden.outputs];
}

/** SHA-256 of a whole file, read in pieces. */
async function sha256OfFile(fs: FileSystem, path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of fs.readChunks(path)) hash.update(chunk);
  return hash.digest("hex");
}

/** Throws LENGTH_MISMATCH or DIGEST_MISMATCH unless the file is exactly what the manifest says. */
export async function verifyFile(fs: FileSystem, path: string, file: ReleaseFile): Promise<void> {
  const size = (await fs.stat(path).catch(() => null))?.size ?? 0;
  if (size !== file.sizeBytes) {
    throw new FlotillaError("LENGTH_MISMATCH", `${file.name} has ${size} bytes; the signed release says ${file.sizeBytes}.`);
  }
  const digest = await sha256OfFile(fs, path);
  if (digest !== file.sha256) {
    throw new FlotillaError("DIGEST_MISMATCH", `${file.name} has the digest ${digest}; the signed release says ${file.sha256}.`);
  }
}

function readSlotFile(slot: SlotName, text: string): z.infer<typeof slotFileSchema> {
  try {
    return slotFileSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new FlotillaError("DIGEST_MISMATCH", `Slot ${slot} is damaged: its slot.json cannot be read.`, { cause });
  }
}

/** Checks signature, lengths and digests of a slot. Nothing that has not passed here is opened by the runtime. */
export async function verifySlot(paths: AgentPaths, slot: SlotName, keys: readonly TrustedKey[]): Promise<VerifiedSlot> {
  const directory = paths.slot(slot);
  const text = await readTextIfThere(paths.fs, join(directory, "slot.json"));
  if (text === null) throw new FlotillaError("DIGEST_MISMATCH", `Slot ${slot} is incomplete: its slot.json is missing.`);
  const { envelope, variantSha256 } = readSlotFile(slot, text);
  const manifest = readReleaseManifest(envelope, keys);
  const files = filesOf(manifest, variantSha256);
  for (const file of files) await verifyFile(paths.fs, join(directory, file.name), file);
  return { directory, manifest, variantSha256, modelPath: join(directory, files[0]?.name ?? "model.onnx") };
}

async function linkOrCopy(fs: FileSystem, from: string, to: string): Promise<void> {
  // FAT and some overlay file systems have no hard links.
  await fs.link(from, to).catch(async () => await fs.copyFile(from, to));
}

/**
 * Puts verified downloads into a slot: into `<slot>.partial`, each file and the directory fsynced, then renamed. The downloads stay
 * until the release has its outcome, so that a kill here costs no byte of network.
 */
export async function stageSlot(
  paths: AgentPaths,
  slot: SlotName,
  assignment: Assignment,
  files: readonly ReleaseFile[],
  beforeRename: () => Promise<void>,
): Promise<void> {
  const { fs } = paths;
  const partial = paths.slotPartial(slot);
  await fs.remove(partial);
  await fs.mkdirs(partial);
  for (const file of files) {
    await linkOrCopy(fs, join(paths.downloads, file.sha256), join(partial, file.name));
    await fsyncFile(fs, join(partial, file.name));
  }
  const content: { envelope: Envelope; variantSha256: string } = {
    envelope: assignment.envelope,
    variantSha256: assignment.variant.model.sha256,
  };
  await writeFileAtomic(fs, join(partial, "slot.json"), JSON.stringify(content));
  await fsyncDirectory(fs, partial);
  await beforeRename();
  await fs.remove(paths.slot(slot));
  await fs.rename(partial, paths.slot(slot));
  await fsyncDirectory(fs, paths.slots);
  // The first slot's folder was made just now: without this a power cut may keep a journal that names the slot, and no slots.
  await fsyncDirectory(fs, paths.data);
}

/** Notes in the slot that its probe has passed: read only when the journal is lost. */
export async function markConfirmed(paths: AgentPaths, slot: SlotName, seq: number): Promise<void> {
  await writeFileAtomic(paths.fs, join(paths.slot(slot), CONFIRMED_FILE), JSON.stringify({ seq }));
}

/** null for a mark that is no mark: such a slot was never confirmed, as far as anybody can tell. */
function readMark(text: string): number | null {
  try {
    return z.object({ seq: z.number().int() }).safeParse(JSON.parse(text)).data?.seq ?? null;
  } catch {
    return null;
  }
}

export function recordOf(manifest: ReleaseManifest, variantSha256: string, confirmed: boolean): SlotRecord {
  const { releaseId, modelId, modelName, version, counter } = manifest;
  return { releaseId, variantSha256, modelId, modelName, version, counter, confirmed };
}

/** A journal from what the slots prove. null where neither holds anything. */
export async function rebuildJournal(paths: AgentPaths, keys: readonly TrustedKey[]): Promise<Journal | null> {
  const journal = emptyJournal();
  let best: { slot: SlotName; seq: number } | null = null;
  for (const slot of ["A", "B"] as const) {
    const verified = await verifySlot(paths, slot, keys).catch(() => null);
    if (verified === null) continue;
    const mark = await readTextIfThere(paths.fs, join(verified.directory, CONFIRMED_FILE));
    const seq = mark === null ? null : readMark(mark);
    journal.slots[slot] = recordOf(verified.manifest, verified.variantSha256, typeof seq === "number");
    if (typeof seq !== "number") continue;
    const { modelId, counter } = verified.manifest;
    journal.counters[modelId] = Math.max(journal.counters[modelId] ?? 0, counter);
    if (best === null || seq > best.seq) best = { slot, seq };
  }
  if (best === null) return journal.slots.A === null && journal.slots.B === null ? null : journal;
  journal.current = best.slot;
  journal.seq = best.seq;
  journal.outcome = { seq: best.seq, phase: "ACTIVE", reason: null };
  journal.previous = journal.slots[otherSlot(best.slot)]?.confirmed === true ? otherSlot(best.slot) : null;
  return journal;
}
