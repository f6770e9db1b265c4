import { reasonSchema } from "@flotilla/contracts/device-reason";
import { idSchema, sha256Schema } from "@flotilla/contracts/ids";
import { z } from "zod";

export const slotNameSchema = z.enum(["A", "B"]);
export type SlotName = z.infer<typeof slotNameSchema>;

/** What lies, verified, in a slot. */
export const slotRecordSchema = z.object({
  releaseId: idSchema,
  variantSha256: sha256Schema,
  modelId: idSchema,
  modelName: z.string(),
  version: z.number().int(),
  counter: z.number().int(),
  /** true once its probe has passed on this device: only such a slot may be fallen back to. */
  confirmed: z.boolean(),
});
export type SlotRecord = z.infer<typeof slotRecordSchema>;

/** How the newest assignment ended. It is not tried again under the same `seq`. */
const outcomeSchema = z.object({
  seq: z.number().int(),
  phase: z.enum(["ACTIVE", "REFUSED", "REJECTED", "ROLLED_BACK"]),
  reason: reasonSchema.nullable(),
});

/**
 * The durable half of the agent's state: replaced as a whole (write, fsync, rename, fsync of the directory), and the only thing
 * that decides what runs after a power cut.
 *
 * INVARIANTS: `seq` and every counter only grow; `current` names a confirmed slot; `trying.slot` is never `current`;
 * `previous` is the other slot and is confirmed.
 */
export const journalSchema = z.object({
  schemaVersion: z.literal(1),
  /** The newest assignment seen; 0 before the first. */
  seq: z.number().int().nonnegative(),
  current: slotNameSchema.nullable(),
  previous: slotNameSchema.nullable(),
  /** A slot whose activation has begun and is not yet proved. */
  trying: z.object({ slot: slotNameSchema, seq: z.number().int(), attempts: z.number().int().positive() }).nullable(),
  slots: z.object({ A: slotRecordSchema.nullable(), B: slotRecordSchema.nullable() }),
  /** Highest confirmed release counter per model line: a lower one is a replay. */
  counters: z.record(z.string(), z.number().int()),
  outcome: outcomeSchema.nullable(),
});
export type Journal = z.infer<typeof journalSchema>;

/** The journal of a device that has never been assigned anything. */
export function emptyJournal(): Journal {
  return {
    schemaVersion: 1,
    seq: 0,
    current: null,
    previous: null,
    trying: null,
    slots: { A: null, B: null },
    counters: {},
    outcome: null,
  };
}

export function otherSlot(slot: SlotName | null): SlotName {
  return slot === "A" ? "B" : "A";
}

/** The slot that already holds this release's variant, verified; null where it must be fetched. */
export function findSlot(journal: Journal, releaseId: string, variantSha256: string): SlotName | null {
  for (const slot of ["A", "B"] as const) {
    const record = journal.slots[slot];
    if (record !== null && record.releaseId === releaseId && record.variantSha256 === variantSha256) return slot;
  }
  return null;
}
