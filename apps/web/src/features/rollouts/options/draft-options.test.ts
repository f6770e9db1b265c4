import { rolloutOptionsSchema, weekdays } from "@flotilla/contracts";
import { DEFAULT_OPTIONS } from "@flotilla/domain";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkOptions,
  defaultOptions,
  endsNextDay,
  nightlyWindow,
  type OptionErrors,
  type OptionsDraft,
  toOptions,
} from "./draft-options.ts";
import { daySpans } from "./day-spans.ts";

const growing = { ...defaultOptions.pace, kind: "exponential" as const };
const night = nightlyWindow("n");

describe("checkOptions", () => {
  const table: [string, Partial<OptionsDraft>, OptionErrors][] = [
    ["nothing special", {}, {}],
    ["a pace that is switched on is ready as it is", { pace: growing, revertPace: { ...growing, kind: "constant" } }, {}],
    ["a night", { windows: [night] }, {}],
    ["no rate", { pace: { ...growing, kind: "constant", perMinute: null } }, { "pace.perMinute": "rate" }],
    ["half a device", { revertPace: { ...growing, kind: "constant", perMinute: 0.5 } }, { "revertPace.perMinute": "rate" }],
    ["a rate that does not grow", { pace: { ...growing, factor: 1 } }, { "pace.factor": "factor" }],
    ["no time between", { pace: { ...growing, everySeconds: 0 } }, { "pace.everySeconds": "every" }],
    ["at most less than at first", { pace: { ...growing, startPerMinute: 5, maxPerMinute: 4 } }, { "pace.maxPerMinute": "most" }],
    ["a pace that is switched off is not looked at", { pace: { ...growing, kind: "none", factor: null } }, {}],
    ["no day and no hour", { windows: [{ ...night, days: [], to: "" }] }, { "windows.n.days": "days", "windows.n.to": "hour" }],
    ["no time for a device", { deviceTimeoutSeconds: 0 }, { deviceTimeoutSeconds: "timeout" }],
    ["too many retries, and no wait", { retryLimit: 11, backoffSeconds: null }, { retryLimit: "retries", backoffSeconds: "backoff" }],
    ["the wait does not matter without retries", { retryLimit: 0, backoffSeconds: null }, {}],
  ];
  it.each(table)("%s", (_, change, expected) => expect(checkOptions({ ...defaultOptions, ...change })).toEqual(expected));
});

describe("toOptions", () => {
  it("of nothing special is what a rollout does by itself", () => expect(toOptions(defaultOptions)).toEqual(DEFAULT_OPTIONS));

  const likely = { weight: 40, arbitrary: fc.integer({ min: 2, max: 9 }) };
  const unlikely = fc.option(fc.oneof(fc.integer({ min: -1, max: 12 }), fc.double({ noNaN: true }), fc.integer({ max: 10_000_000 })));
  const number = fc.oneof(likely, { weight: 1, arbitrary: unlikely });
  const kind = fc.constantFrom("none" as const, "constant" as const, "exponential" as const);
  const pace = fc.record({ kind, perMinute: number, startPerMinute: number, factor: number, everySeconds: number, maxPerMinute: number });
  const hour = fc.constantFrom("00:00", "06:00", "22:30", "23:59", "24:00", "");
  const window = fc.record({ key: fc.uuid(), days: fc.subarray([...weekdays]), from: hour, to: hour });
  const draft: fc.Arbitrary<OptionsDraft> = fc.record({
    pace,
    revertPace: pace,
    windows: fc.array(window, { maxLength: 2 }),
    deviceTimeoutSeconds: number,
    retryLimit: number,
    backoffSeconds: number,
    joinNewDevices: fc.boolean(),
    takesExclusiveDevices: fc.boolean(),
  });

  it("gives what the API takes, as it is, or nothing and says at which field", () => {
    let takenCount = 0;
    fc.assert(
      fc.property(draft, (given) => {
        const options = toOptions(given);
        if (options === null) expect(checkOptions(given)).not.toEqual({});
        else expect(rolloutOptionsSchema.parse(options)).toEqual(options);
        if (options !== null) takenCount += 1;
      }),
      { numRuns: 300 },
    );
    expect(takenCount, "drafts that the API takes are among them").toBeGreaterThan(30);
  });
});

describe("windows in words", () => {
  it("end on the next day where they end no later than they begin", () => {
    expect([night, { from: "06:00", to: "22:00" }, { from: "06:00", to: "06:00" }].map(endsNextDay)).toEqual([true, false, true]);
  });

  it.each([
    [["mon", "tue", "wed", "thu", "fri"], [["mon", "fri"]]],
    [
      ["sat", "sun"],
      [["sat"], ["sun"]],
    ],
    [
      ["mon", "wed", "thu", "fri", "sun"],
      [["mon"], ["wed", "fri"], ["sun"]],
    ],
    [[...weekdays], [["mon", "sun"]]],
  ] as const)("%j are the spans %j", (days, expected) => expect(daySpans(days)).toEqual(expected));
});
