import { randomUUID } from "node:crypto";
import { type Reason, rolloutDeviceStates, weekdays } from "@flotilla/contracts";
import {
  CAN_GO_BACK,
  cohortsOf,
  countsOf,
  DEFAULT_OPTIONS,
  type DeviceFacts,
  IN_FLIGHT_STATES,
  matters,
  OPEN_STATES,
  replayEffects,
  type RolloutEffect,
  type RolloutPlan,
  type Selector,
} from "@flotilla/domain";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestContext, goodProbe, type ReadyRelease, type TestContext, type TestOrganisation } from "../testing/index.ts";
import { addReadyRelease } from "../testing/add-fleet.ts";
import { FleetRows } from "../testing/fleet-rows.ts";
import { loadCohorts } from "./load-cohorts.ts";
import { executeAll } from "./persist-step.ts";

let context: TestContext;
let organisation: TestOrganisation;
let releases: { target: ReadyRelease; before: ReadyRelease; other: ReadyRelease };
beforeAll(async () => {
  context = await createTestContext();
  organisation = await context.addOrganisation();
  const add = (name: string) => addReadyRelease(context.ctx, organisation.actor.engineer, name);
  releases = { target: await add("target"), before: await add("before"), other: await add("other") };
});
afterAll(() => context.close());

const NOW = new Date("2026-03-01T12:00:00Z");
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);
const stages = [60, 600, 600].map((deadlineSeconds, index): RolloutPlan["stages"][number] => ({
  ...{ index, state: "RUNNING", startedAt: ago(900), soakUntil: null, deadlineAt: null, finishedAt: null },
  spec: { name: `s${index}`, target: { kind: "percent", percent: 100 }, soakSeconds: 0, deadlineSeconds, manual: false },
}));

const options = {
  ...DEFAULT_OPTIONS,
  ...{
    windows: [{ days: [...weekdays], from: "12:00", to: "13:00" }],
    deviceTimeoutSeconds: 60,
    retries: { limit: 2, backoffSeconds: 30 },
  },
};

const moment = fc.constantFrom(...[0, 1, 29, 30, 31, 59, 60, 61, 599, 600, 601, 700].map(ago));
const reason = fc.constantFrom<Reason>({ code: "PROBE_TOO_SLOW", message: "slow" }, { code: "HOST_CRASHED", message: "crash" });
const refusal: Reason = { code: "OPSET_TOO_NEW", message: "opset 25" };
const probe = fc.record({
  goldenAgreement: fc.option(fc.constantFrom(0.5, 0.99, 1)),
  baselineP95Ms: fc.option(fc.constantFrom(0, 3, 4)),
  latencyP95Ms: fc.double({ min: 0.1, max: 20, noNaN: true }),
  baselineMemoryBytes: fc.option(fc.constantFrom(0, 7)),
});
/** A device as the rows can say it: what is current runs no older release, and what no variant fits is queued. */
const device: fc.Arbitrary<DeviceFacts> = fc
  .record({
    stageIndex: fc.nat({ max: 2 }),
    state: fc.oneof(fc.constantFrom(...rolloutDeviceStates), fc.constant("QUEUED" as const)),
    online: fc.boolean(),
    revoked: fc.nat({ max: 5 }).map((n) => n === 0),
    seq: fc.option(fc.integer({ min: 1, max: 9 })),
    assignedAt: fc.option(moment),
    updatedAt: moment,
    settled: fc.boolean(),
    reason: fc.option(reason),
    probe: fc.option(probe.map((change) => ({ ...goodProbe, ...change }))),
    alreadyCurrent: fc.boolean(),
    hasPrevious: fc.boolean(),
    runsPrevious: fc.boolean(),
    superseded: fc.boolean(),
    goingBack: fc.nat({ max: 3 }).map((n) => n === 0),
    attempt: fc.integer({ min: 1, max: 4 }),
    timeZone: fc.constantFrom(null, "Asia/Tokyo", "nowhere"),
    refused: fc.nat({ max: 3 }).map((n) => n === 0),
  })
  .map(({ refused, ...facts }) => {
    const deviceId = randomUUID();
    const queued = facts.state === "QUEUED";
    const alreadyCurrent = queued && facts.alreadyCurrent && !facts.runsPrevious && !refused;
    return {
      ...{ ...facts, deviceId, name: deviceId.slice(0, 8), alreadyCurrent },
      online: facts.online && !facts.revoked,
      runsPrevious: facts.runsPrevious && facts.hasPrevious,
      superseded: facts.superseded && facts.seq !== null,
      goingBack: facts.goingBack && facts.seq !== null && !facts.superseded && facts.hasPrevious && !alreadyCurrent && !queued,
      refusal: queued && refused ? refusal : null,
    };
  });

const bool = fc.subarray([true, false], { minLength: 1 });
const facts = fc.record({
  stageIndex: fc.subarray([0, 1, 2], { minLength: 1 }),
  state: fc.subarray([...rolloutDeviceStates], { minLength: 3 }),
  ...{ online: bool, revoked: bool, settled: bool, assigned: bool, past: bool, overdue: bool, stale: bool, runsPrevious: bool },
  refusalCode: fc.subarray([null, refusal.code], { minLength: 1 }),
  reasonCode: fc.subarray([null, "PROBE_TOO_SLOW", "HOST_CRASHED"] as const, { minLength: 1 }),
});
const factNames = ["stageIndex", "state", "online", "revoked", "settled", "assigned", "past", "overdue", "stale", "runsPrevious"] as const;
/** One or two facts at a time: more hardly ever select anybody. */
const anyone: fc.Arbitrary<Selector> = fc
  .tuple(fc.subarray([...factNames, "refusalCode", "reasonCode"] as const, { minLength: 1, maxLength: 2 }), facts)
  .map(([names, all]) => Object.fromEntries(names.map((name) => [name, all[name]])));
const assignable: Selector = { state: ["QUEUED"], alreadyCurrent: [false], refusalCode: [null] };
const effect: fc.Arbitrary<RolloutEffect> = anyone.chain((who) =>
  fc.oneof(
    fc.integer({ min: 1, max: 3 }).map((limit) => ({ kind: "assign" as const, who: { ...who, ...assignable }, limit })),
    fc.constantFrom("QUEUED" as const, "CANCELLED" as const).map((to) => ({
      ...{ kind: "withdraw" as const, to },
      who: { ...who, state: ["UNREACHED", ...IN_FLIGHT_STATES] as const, superseded: [false], assigned: [true] },
    })),
    fc.record({ settled: fc.boolean(), limit: fc.integer({ min: 1, max: 5 }) }).map((change) => ({
      ...{ kind: "send-back" as const, who: { ...who, ...CAN_GO_BACK } },
      ...change,
    })),
    fc.constant({ kind: "settle" as const, who }),
    fc.record({ to: fc.constantFrom(...rolloutDeviceStates), reason: fc.option(reason), again: fc.boolean() }).map((change) => ({
      ...{ kind: "set-devices" as const, who },
      ...change,
    })),
    fc.constant({
      ...{ kind: "set-devices" as const, to: "REFUSED" as const, reason: "refusal" as const, again: false },
      who: { ...who, refusalCode: [refusal.code] },
    }),
  ),
);

test("SQL and domain see the same cohorts, and carry effects out alike", { timeout: 120_000 }, async () => {
  const { db } = context.ctx;
  const covered = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(device, { minLength: 1, maxLength: 24 }), fc.nat({ max: 2 }), effect, async (devices, reach, one) => {
      const rows = await FleetRows.write(context.ctx, organisation.organisationId, releases, devices);
      const scope = {
        rolloutId: rows.rolloutId,
        releaseId: releases.target.release.id,
        now: NOW,
        deadlineSeconds: stages.map(({ spec }) => spec.deadlineSeconds),
        options,
      };
      await db.rawTransaction(async (tx) => {
        expect(await tellAll(tx)).toEqual(telling(devices));
        const part = await loadCohorts(tx, scope, reach);
        expect(tell(part.cohorts)).toEqual(tell(cohortsOf(devices, stages, NOW, options).filter((cohort) => matters(cohort, reach))));
      });
      const replay = replayEffects(devices, [one], stages, NOW, options);
      if (replay.touched[0]?.length !== 0) covered.add(one.kind);
      await db.rawTransaction(async (tx) => {
        const { seen } = await loadCohorts(tx, scope, null);
        const { organisationId } = organisation;
        await executeAll(tx, { ...scope, organisationId, seen }, [one]);
        expect(await tellAll(tx)).toEqual(telling(replay.devices));
      });
      expect(await rows.read()).toEqual(rows.expected(replay.devices));

      async function tellAll(tx: Parameters<typeof loadCohorts>[0]) {
        const { cohorts, counts } = await loadCohorts(tx, scope, null);
        return { cohorts: tell(cohorts), counts: tell(counts) };
      }
    }),
    // One seed: what it covers is checked below.
    { numRuns: 40, seed: 4 },
  );
  expect([...covered].toSorted()).toEqual(["assign", "send-back", "set-devices", "settle", "withdraw"]);
});

const telling = (devices: readonly DeviceFacts[]) => ({
  cohorts: tell(cohortsOf(devices, stages, NOW, options)),
  counts: tell(countsOf(devices)),
});

const inNumbers = (a: number, b: number): number => a - b;

/** Lines in one order; numbers to nine digits, since sums depend on the order of what they add. */
function tell(rows: readonly object[]): string[] {
  const line = (row: object) =>
    JSON.stringify(
      Object.entries(row)
        .map(([key, value]: [string, unknown]) => [key, Array.isArray(value) && key.endsWith("Ratios") ? value.toSorted(inNumbers) : value])
        .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
      (_, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(9)) : value),
    );
  return rows.map(line).toSorted();
}

test("a device that changed after the look is neither accepted nor taken for what it was", async () => {
  const { db } = context.ctx;
  const one: DeviceFacts = {
    ...{ deviceId: randomUUID(), name: "cam", stageIndex: 0, state: "SUCCEEDED", online: true, revoked: false, seq: 1, assignedAt: NOW },
    ...{ updatedAt: NOW, settled: false, reason: null, probe: null, alreadyCurrent: false, hasPrevious: false, runsPrevious: false },
    ...{ superseded: false, refusal: null },
  };
  const rows = await FleetRows.write(context.ctx, organisation.organisationId, releases, [one]);
  const scope = { rolloutId: rows.rolloutId, releaseId: releases.target.release.id, now: NOW, deadlineSeconds: [60, 600, 600], options };
  await db.rawTransaction(async (tx) => {
    const { seen } = await loadCohorts(tx, scope, null);
    await db.query(`UPDATE "rollout_device" SET "state" = 'ROLLED_BACK' WHERE "rolloutId" = $1::uuid`, [rows.rolloutId]);
    const { organisationId } = organisation;
    const full = { ...scope, organisationId, seen };
    await executeAll(tx, full, [{ kind: "settle", who: { stageIndex: [0] } }]);
    await executeAll(tx, full, [{ kind: "set-devices", who: { state: OPEN_STATES }, to: "TIMED_OUT", reason: null, again: false }]);
  });
  expect(await rows.read()).toMatchObject([{ state: "ROLLED_BACK", settled: false }]);
});
