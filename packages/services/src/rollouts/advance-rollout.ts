import {
  nextChangeAt,
  OPEN_STATES,
  RETRYABLE_STATES,
  type RolloutStep,
  stepRollout,
  UNREACHED_AFTER_MS,
  WAVE_SIZE,
} from "@flotilla/domain";
import type { ServiceContext } from "../context.ts";
import { admitNewDevices, nextJoinAt } from "./admit-new-devices.ts";
import { loadRollout } from "./load-rollout.ts";
import { persistStep } from "./persist-step.ts";

/** What the decision log calls the controller. */
export const CONTROLLER = "controller";

export interface Advance {
  /** Whether anything followed: then more may. */
  changed: boolean;
  /** "full wave": as many devices as one step may assign; the next ones may follow at once. "some": devices, stages or the rollout moved. "nothing": readings at most. */
  did: "full wave" | "some" | "nothing";
  /** When time alone can change something; null: only news can. */
  nextChangeAt: Date | null;
}

/**
 * Lets one rollout go on from everything known now: load under its lock, decide, write, in one transaction. Two callers at once do
 * the work once.
 * @throws FlotillaError NOT_FOUND
 */
export async function advanceRollout(ctx: ServiceContext, input: { rolloutId: string }): Promise<Advance> {
  return ctx.db.rawTransaction(async (tx) => {
    const options = { organisationId: null, lock: true, devices: "mattering", clock: ctx.clock } as const;
    const before = await loadRollout(tx, input.rolloutId, options);
    const joined = await admitNewDevices(tx, before, CONTROLLER);
    const loaded = joined ? await loadRollout(tx, input.rolloutId, { ...options, clock: () => before.now }) : before;
    const step = stepRollout(loaded.snapshot, loaded.now);
    const changed = (await persistStep(tx, loaded, step, CONTROLLER)) || joined;
    return {
      changed,
      did: whatIsDone(step, joined),
      nextChangeAt: earlier(nextChangeAt(step.next, loaded.now), nextJoinAt({ ...loaded, snapshot: step.next })),
    };
  });
}

const earlier = (a: Date | null, b: Date | null): Date | null => (a === null || (b !== null && b < a) ? b : a);

const LIVE_STATES = `('RUNNING', 'PAUSED', 'HALTED', 'REVERTING')`;

function whatIsDone({ effects, decisions }: RolloutStep, joined: boolean): Advance["did"] {
  if (effects.some((effect) => effect.kind === "assign" && effect.limit >= WAVE_SIZE)) return "full wave";
  return joined || effects.length > 0 || decisions.length > 0 ? "some" : "nothing";
}

export interface LiveRollout {
  id: string;
  /** Devices of the stage under way that will have an outcome: null where none is under way, or the rollout does not run. */
  open: number | null;
  /** Devices that failed or refused so far. */
  failed: number;
}

const names = (states: readonly string[]): string => states.map((state) => `'${state}'`).join(", ");

const LIVE_SQL = `
SELECT r."id"::text, c."open", COALESCE(c."failed", 0) AS "failed" FROM "rollout" r LEFT JOIN LATERAL (
  SELECT sum(n."delta") FILTER (WHERE n."state" IN (${names(OPEN_STATES)}) AND s."state" = 'RUNNING' AND r."state" = 'RUNNING')::int AS "open",
    sum(n."delta") FILTER (WHERE n."state" IN (${names(RETRYABLE_STATES)}))::int AS "failed"
  FROM "rollout_count" n JOIN "rollout_stage" s ON s."rolloutId" = n."rolloutId" AND s."index" = n."stageIndex" WHERE n."rolloutId" = r."id"
) c ON true
WHERE r."state" IN ${LIVE_STATES} ORDER BY r."createdAt"`;

/** Rollouts for which time or a report can change something, with what tells whether a report has decided anything. */
export async function listLiveRollouts(ctx: ServiceContext): Promise<LiveRollout[]> {
  return await ctx.db.query<LiveRollout>(LIVE_SQL, [], "list-live-rollouts");
}

// What `followDevices` of domain acts on, without loading a rollout. A queued device is followed once its turn comes.
const MOVED_SQL = `
SELECT DISTINCT rd."rolloutId"::text AS "id" FROM "rollout" r
JOIN "rollout_device" rd ON rd."rolloutId" = r."id" AND rd."matters" AND rd."state" IN ('ASSIGNED', 'DOWNLOADING', 'VERIFYING', 'ACTIVATING', 'PROBING', 'UNREACHED')
JOIN "device" d ON d."id" = rd."deviceId"
LEFT JOIN "device_status" s ON s."deviceId" = rd."deviceId"
WHERE r."state" IN ${LIVE_STATES} AND CASE
  WHEN d."state" = 'REVOKED' THEN true
  WHEN rd."state" = 'UNREACHED' THEN COALESCE(s."online", false) AND d."state" = 'ACTIVE'
  WHEN rd."state" = 'ASSIGNED' THEN NOT COALESCE(s."online", false) OR d."state" <> 'ACTIVE'
  ELSE (NOT COALESCE(s."online", false) OR d."state" <> 'ACTIVE') AND rd."updatedAt" <= $1::timestamptz END`;

/** Live rollouts of which a device went, came back or was revoked since the rollout was last advanced. One statement for all of them. */
export async function listRolloutsToFollow(ctx: ServiceContext): Promise<string[]> {
  const rows = await ctx.db.query<{ id: string }>(MOVED_SQL, [new Date(ctx.clock().getTime() - UNREACHED_AFTER_MS)]);
  return rows.map(({ id }) => id);
}
