import { agentPhases, type StateReport } from "@flotilla/contracts";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { admitStateReports } from "./admit-state-reports.ts";
import type { OfKind } from "./device-report.ts";
import type { StatusRow } from "./status-rows.ts";

const NOW = new Date("2026-03-01T12:00:00Z");
const DEVICES = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"];

const unseen = (deviceId: string): StatusRow => ({
  deviceId,
  organisationId: "o",
  bootId: null,
  lastN: -1,
  earlierBootIds: [],
  phase: null,
  phaseAt: null,
  seq: 0,
  progress: null,
  reasonCode: null,
  reasonMessage: null,
  runningReleaseId: null,
  runningVariantSha256: null,
  standbyReleaseId: null,
  standbyVariantSha256: null,
  probe: null,
});

const item: fc.Arbitrary<OfKind<"state">> = fc
  .record({
    deviceId: fc.constantFrom(...DEVICES),
    bootId: fc.constantFrom("a", "b", "c"),
    n: fc.nat(6),
    phase: fc.constantFrom(...agentPhases),
    seq: fc.nat(2),
  })
  .map(({ deviceId, ...fields }) => {
    const report: StateReport = {
      kind: "state",
      at: NOW.toISOString(),
      releaseId: null,
      variantSha256: null,
      running: null,
      standby: null,
      ...fields,
    };
    return { deviceId, report };
  });

/** Applies batch after batch, as the database keeps the rows in between. */
function apply(batches: readonly (readonly OfKind<"state">[])[]) {
  const rows = new Map(DEVICES.map((deviceId) => [deviceId, unseen(deviceId)]));
  const results = batches.map((batch) => {
    const admitted = admitStateReports(rows, batch, NOW);
    for (const row of admitted.rows) rows.set(row.deviceId, row);
    return admitted;
  });
  return { rows, reports: results.flatMap(({ reports }) => reports), events: results.flatMap(({ events }) => events) };
}

test("however reports are cut into batches, repeated and reordered, they come to the same", () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 40 }), fc.array(fc.nat(40)), (items, cuts) => {
      const edges = [0, ...cuts.filter((cut) => cut <= items.length).toSorted((a, b) => a - b), items.length];
      const batches = edges.slice(1).map((end, index) => items.slice(edges[index], end));
      expect(apply(batches)).toEqual(apply(items.map((one) => [one])));
    }),
  );
});

test("no report is admitted twice, and no line of history written twice or out of order", () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 60 }), (items) => {
      const { reports, events } = apply([items]);
      const keys = reports.map(({ deviceId, report }) => `${deviceId} ${report.bootId} ${report.n}`);
      expect(new Set(keys).size).toBe(keys.length);
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
      for (const deviceId of DEVICES) {
        const instants = events.filter((event) => event.deviceId === deviceId).map(({ at }) => at.getTime());
        expect(instants).toEqual([...new Set(instants)].toSorted((a, b) => a - b));
      }
    }),
  );
});
