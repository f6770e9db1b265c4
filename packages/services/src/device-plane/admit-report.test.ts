import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { admitReport, type ReportCursor } from "./admit-report.ts";

const NEW: ReportCursor = { bootId: null, lastN: -1, earlierBootIds: [] };

/** Applies reports in this order and gives back those that were admitted. */
function admitted(reports: readonly { bootId: string; n: number }[]): string[] {
  let cursor = NEW;
  return reports.flatMap((report) => {
    const next = admitReport(cursor, report);
    if (next === null) return [];
    cursor = next;
    return [`${report.bootId}${report.n}`];
  });
}

/** Reports as an agent numbers them: boot after boot, n from 0. */
const history = fc
  .array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 })
  .map((counts) => counts.flatMap((count, boot) => Array.from({ length: count }, (_unused, n) => ({ bootId: "abcde".charAt(boot), n }))));

describe("admitReport", () => {
  it.each([
    ["the first report", NEW, { bootId: "a", n: 3 }, { bootId: "a", lastN: 3, earlierBootIds: [] }],
    [
      "the next number",
      { bootId: "a", lastN: 3, earlierBootIds: [] },
      { bootId: "a", n: 4 },
      { bootId: "a", lastN: 4, earlierBootIds: [] },
    ],
    [
      "a gap (a metric was lost)",
      { bootId: "a", lastN: 3, earlierBootIds: [] },
      { bootId: "a", n: 9 },
      { bootId: "a", lastN: 9, earlierBootIds: [] },
    ],
    ["a repetition", { bootId: "a", lastN: 3, earlierBootIds: [] }, { bootId: "a", n: 3 }, null],
    ["an overtaken one", { bootId: "a", lastN: 3, earlierBootIds: [] }, { bootId: "a", n: 2 }, null],
    ["a new boot", { bootId: "a", lastN: 3, earlierBootIds: [] }, { bootId: "b", n: 0 }, { bootId: "b", lastN: 0, earlierBootIds: ["a"] }],
    ["a boot that was left behind", { bootId: "b", lastN: 0, earlierBootIds: ["a"] }, { bootId: "a", n: 7 }, null],
  ])("%s", (_what, cursor, report, expected) => {
    expect(admitReport(cursor, report)).toEqual(expected);
  });

  it("admits everything that arrives in order, once", () => {
    fc.assert(
      fc.property(history, (reports) => {
        expect(admitted(reports)).toEqual(reports.map(({ bootId, n }) => `${bootId}${n}`));
      }),
    );
  });

  it("admits nothing twice, whatever is repeated or overtaken", () => {
    const shuffled = history.chain((reports) => fc.array(fc.constantFrom(...reports), { maxLength: 40 }));
    fc.assert(
      fc.property(shuffled, (reports) => {
        const once = admitted(reports);
        expect(new Set(once).size).toBe(once.length);
      }),
    );
  });

  it("admits nothing older than what it has, when the broker keeps some reports while others come over HTTPS", () => {
    const twoWays = fc.tuple(history, fc.infiniteStream(fc.boolean()), fc.infiniteStream(fc.boolean()));
    fc.assert(
      fc.property(twoWays, ([reports, isKept, isBrokerNext]) => {
        const names = [...new Set(reports.map(({ bootId }) => bootId))];
        const told = reports.map((report, at) => ({
          ...report,
          at,
          earlierBootIds: names.slice(0, names.indexOf(report.bootId)).toReversed(),
        }));
        const broker = told.filter(() => isKept.next().value);
        const direct = told.filter((report) => !broker.includes(report));
        let cursor = NEW;
        let newest = -1;
        while (broker.length + direct.length > 0) {
          const [way, other] = isBrokerNext.next().value ? [broker, direct] : [direct, broker];
          const report = way.shift() ?? other.shift();
          const next = report === undefined ? null : admitReport(cursor, report);
          if (report === undefined || next === null) continue;
          expect(report.at).toBeGreaterThan(newest);
          [cursor, newest] = [next, report.at];
        }
        expect(newest).toBe(reports.length - 1);
      }),
    );
  });

  it("repeating a history changes nothing", () => {
    fc.assert(
      fc.property(history, (reports) => {
        expect(admitted([...reports, ...reports])).toEqual(admitted(reports));
      }),
    );
  });
});
