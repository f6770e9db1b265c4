import {
  type Decision,
  type GateReading,
  type RolloutGates,
  rolloutOptionsSchema,
  type RolloutState,
  type StageSpec,
  type StageState,
} from "@flotilla/contracts";
import type { RawTx } from "@flotilla/db";
import { needsAll, reachOf, type RolloutPlan, type RolloutSnapshot, type StageSnapshot } from "@flotilla/domain";
import { notFound } from "../views/not-found.ts";
import { chooseMissingVariants } from "./choose-variants.ts";
import { scopeOf } from "./facts-sql.ts";
import { type LoadedCohorts, loadCohorts } from "./load-cohorts.ts";

interface PlanRow {
  id: string;
  organisationId: string;
  name: string;
  releaseId: string;
  groupId: string;
  state: RolloutState;
  gates: RolloutGates;
  options: unknown;
  pacedFrom: Date | null;
  pacedAt: Date | null;
  joinedAt: Date | null;
  readings: GateReading[];
  createdBy: string;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  whyKind: string | null;
  whyMessage: string | null;
  whyParams: Decision["params"] | null;
}

export interface LoadedRollout {
  row: PlanRow;
  snapshot: RolloutSnapshot;
  /** As of when the facts were asked. */
  now: Date;
  /** What of the database the snapshot saw: a device that changed since is not what was decided upon. */
  seen: string;
  countRows: number;
}

export interface LoadOptions {
  /** null: whosever it is. */
  organisationId: string | null;
  /** Until the transaction ends: a second caller waits and then sees what the first one wrote. */
  lock: boolean;
  /** "mattering": what the controller needs; "all": what a person's action or a page needs. */
  devices: "mattering" | "all";
  /** Called under the lock: who waited for it must not decide by an hour that has passed. */
  clock: () => Date;
}

const PLAN_SQL = `
SELECT r."id"::text, r."organisationId", r."name", r."releaseId"::text, r."groupId"::text, r."state", r."gates", r."options", r."pacedFrom", r."pacedAt", r."joinedAt", r."readings", r."createdBy",
  r."createdAt", r."startedAt", r."finishedAt", w."kind" AS "whyKind", w."message" AS "whyMessage", w."params" AS "whyParams"
FROM "rollout" r LEFT JOIN "decision" w ON w."id" = r."whyDecisionId"
WHERE r."id" = $1::uuid AND r."organisationId" = COALESCE($2, r."organisationId")`;

const STAGES_SQL = `
SELECT "index", "spec", "state", "startedAt", "soakUntil", "deadlineAt", "finishedAt" FROM "rollout_stage"
WHERE "rolloutId" = $1::uuid ORDER BY "index"`;

/**
 * A rollout as domain decides over it: its plan, and its devices as cohorts. The lock is NO KEY UPDATE, so that ingest may still add rows that
 * point to it.
 * @throws FlotillaError NOT_FOUND, also for another organisation's
 */
export async function loadRollout(tx: RawTx, id: string, options: LoadOptions): Promise<LoadedRollout> {
  const [row] = await tx.$queryRawUnsafe<PlanRow[]>(
    `${PLAN_SQL}${options.lock ? " FOR NO KEY UPDATE OF r" : ""}`,
    id,
    options.organisationId,
  );
  if (row === undefined) throw notFound("rollout");
  const now = options.clock();
  const stages = await tx.$queryRawUnsafe<StageRow[]>(STAGES_SQL, id);
  const plan = toPlan(row, stages);
  const loaded = await loadDevices(tx, row, plan, now, options);
  const { cohorts, counts, reach, seen, countRows } = loaded;
  return { row, now, seen, countRows, snapshot: { ...plan, cohorts, counts, reach } };
}

async function loadDevices(
  tx: RawTx,
  row: PlanRow,
  plan: RolloutPlan,
  now: Date,
  { devices, lock }: LoadOptions,
): Promise<LoadedCohorts & { reach: number }> {
  const scope = scopeOf(row, plan, now);
  const reach = reachOf(plan);
  const last = plan.stages.length - 1;
  if (lock) await chooseMissingVariants(tx, row, reach);
  if (devices === "all" || plan.state === "REVERTING") return { ...(await loadCohorts(tx, scope, null)), reach: last };
  const part = { ...(await loadCohorts(tx, scope, reach)), reach };
  return needsAll({ ...plan, ...part }) ? { ...(await loadCohorts(tx, scope, null)), reach: last } : part;
}

interface StageRow extends Omit<StageSnapshot, "spec" | "state"> {
  spec: StageSpec;
  state: StageState;
}

function toPlan(row: PlanRow, stages: readonly StageRow[]): RolloutPlan {
  const { state, gates, readings, startedAt, finishedAt, pacedFrom, pacedAt, whyKind, whyMessage, whyParams } = row;
  const options = rolloutOptionsSchema.parse(row.options);
  const why = whyKind === null || whyMessage === null ? null : { kind: whyKind, message: whyMessage, params: whyParams ?? {} };
  return { state, gates, stages, readings, why, startedAt, finishedAt, options, pacedFrom, pacedAt };
}
