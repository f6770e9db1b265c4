import type { StageSpec } from "@flotilla/contracts";
import { hashAfter } from "./hash.ts";

export interface StageCandidate {
  readonly deviceId: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** How many devices of a group of `total` have the release when each stage is over. The last stage always is all of them. */
export function stageTotals(stages: readonly StageSpec[], total: number): number[] {
  let reached = 0;
  return stages.map((stage, index) => {
    const { target } = stage;
    const wanted = target.kind === "count" ? target.count : Math.ceil((total * target.percent) / 100);
    const last = index === stages.length - 1;
    reached = last ? total : Math.min(total, Math.max(reached, wanted));
    return reached;
  });
}

/**
 * Which stage each device belongs to, in the order of `candidates`: test devices (tag `test=true`) first, then by hash of (rollout, device), so that
 * a rerun of the same rollout picks the same and another rollout picks others. Every device is in exactly one stage.
 */
export function assignStages(rolloutId: string, stages: readonly StageSpec[], candidates: readonly StageCandidate[]): number[] {
  const totals = stageTotals(stages, candidates.length);
  const stageOf = candidates.map(() => 0);
  let stage = 0;
  inOrder(rolloutId, candidates).forEach((candidate, position) => {
    while (position >= (totals[stage] ?? Infinity)) stage += 1;
    stageOf[candidate] = stage;
  });
  return stageOf;
}

/** Places of the candidates, first to last. Places and numbers instead of objects and maps: a rollout begins over 100,000 devices while a person waits. */
function inOrder(rolloutId: string, candidates: readonly StageCandidate[]): Uint32Array {
  const hash = hashAfter(`${rolloutId}/`);
  // A hash has 32 bits: whoever is no test device comes after all that are.
  const keys = Float64Array.from(candidates, ({ deviceId, tags }) => (tags["test"] === "true" ? 0 : 2 ** 32) + hash(deviceId));
  const idOf = (place: number): string => candidates[place]?.deviceId ?? "";
  // The id breaks a tie of hashes, so that the order does not depend on the input's.
  return Uint32Array.from(keys.keys()).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || (idOf(a) < idOf(b) ? -1 : 1));
}
