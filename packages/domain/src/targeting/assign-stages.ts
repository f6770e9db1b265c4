import type { StageSpec } from "@flotilla/contracts";
import { hash32 } from "./hash.ts";

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
 * Which stage each device belongs to: test devices (tag `test=true`) first, then by hash of (rollout, device), so that a rerun of
 * the same rollout picks the same and another rollout picks others. Every device is in exactly one stage.
 */
export function assignStages(rolloutId: string, stages: readonly StageSpec[], candidates: readonly StageCandidate[]): Map<string, number> {
  const keyed = candidates.map(({ deviceId, tags }) => ({
    deviceId,
    test: tags["test"] === "true" ? 0 : 1,
    hash: hash32(`${rolloutId}/${deviceId}`),
  }));
  // The id breaks a tie of hashes, so that the order does not depend on the input's.
  keyed.sort((a, b) => a.test - b.test || a.hash - b.hash || (a.deviceId < b.deviceId ? -1 : 1));
  const totals = stageTotals(stages, keyed.length);
  const stageOf = new Map<string, number>();
  keyed.forEach(({ deviceId }, position) => {
    stageOf.set(
      deviceId,
      totals.findIndex((total) => position < total),
    );
  });
  return stageOf;
}
