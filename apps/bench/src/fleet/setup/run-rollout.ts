import { setTimeout as sleep } from "node:timers/promises";
import type { StageSpec } from "@flotilla/contracts";
import { beginRollout, changeRollout, createRollout } from "@flotilla/services";
import type { FleetBench } from "../fleet-bench.ts";

const GATES = { failureRateMax: 0.05, minimumSample: 1, goldenAgreementMin: null, latencyP95MaxRatio: null, memoryMaxRatio: null };
/** Of one look at Postgres: the resolution of the times. */
const LOOK_MS = 50;

/** `count` equal stages, each of which needs all of its devices. */
export function equalStages(count: number): StageSpec[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `stage ${index + 1}`,
    target: { kind: "percent", percent: ((index + 1) * 100) / count },
    soakSeconds: 0,
    deadlineSeconds: 3600,
    manual: false,
  }));
}

export interface Done {
  /** Seconds from the start until so much of the fleet was ACTIVE in Postgres. */
  readonly p50S: number;
  readonly p99S: number;
  readonly lastS: number;
  /** Devices that were done when the time was over, where not all were. */
  readonly incomplete: number | null;
}

export async function draftRollout(bench: FleetBench, input: { releaseId: string; groupId: string; stages: number }): Promise<string> {
  const { ctx, actor } = bench;
  const { releaseId, groupId } = input;
  const stages = equalStages(input.stages);
  const { id } = await createRollout(ctx, actor, { name: "bench", releaseId, groupId, stages, gates: GATES, start: false });
  return id;
}

/** Starts a rollout and watches Postgres until every device's ACTIVE report is there, or `timeoutS` is over. */
export async function runRollout(
  bench: FleetBench,
  input: { releaseId: string; groupId: string; stages: number; count: number; timeoutS: number },
): Promise<Done> {
  const id = await draftRollout(bench, input);
  const startedAt = performance.now();
  const elapsedS = (): number => (performance.now() - startedAt) / 1000;
  await beginRollout(bench.ctx, bench.actor, { id, startAt: null });
  let [p50S, p99S] = [Number.NaN, Number.NaN];
  for (;;) {
    const [row] = await bench.db.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM device_status WHERE phase = 'ACTIVE' AND "runningReleaseId" = $1::uuid`,
      [input.releaseId],
    );
    const done = row?.n ?? 0;
    const now = elapsedS();
    if (Number.isNaN(p50S) && done >= 0.5 * input.count) p50S = now;
    if (Number.isNaN(p99S) && done >= 0.99 * input.count) p99S = now;
    if (done >= input.count) return { p50S, p99S, lastS: now, incomplete: null };
    if (now > input.timeoutS) {
      await changeRollout(bench.ctx, bench.actor, { id, action: { kind: "cancel", mode: "keep" } }).catch(() => undefined);
      return { p50S, p99S, lastS: Number.NaN, incomplete: done };
    }
    await sleep(LOOK_MS);
  }
}
