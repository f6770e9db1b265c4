import type { DeviceFilter } from "@flotilla/contracts";
import { describe, expect, test } from "vitest";
import { type Condition, conditionsOf, isNarrowing, withCondition, withoutCondition } from "./conditions.ts";

const full: DeviceFilter = {
  search: "cam",
  health: ["failed", "offline"],
  online: false,
  profiles: ["linux-arm64-cpu"],
  tags: { site: "hafen", test: "true" },
  modelId: "4b5dd3f8-0f33-4f5f-8d2b-6f8f8c4b5a01",
  releaseId: "4b5dd3f8-0f33-4f5f-8d2b-6f8f8c4b5a02",
  reason: "PROBE_TOO_SLOW",
};

describe("a filter as conditions", () => {
  test("taking a filter apart and putting it together again gives the same filter", () => {
    const again = conditionsOf(full).reduce(withCondition, { search: "cam" });
    expect(again).toEqual(full);
  });

  test("taking every condition out leaves the search alone", () => {
    expect(conditionsOf(full).reduce(withoutCondition, full)).toEqual({ search: "cam" });
  });

  test("a second value of a kind that holds one replaces the first", () => {
    expect(withCondition({ online: true }, { kind: "online", value: false })).toEqual({ online: false });
    expect(withCondition({ tags: { site: "a" } }, { kind: "tag", key: "site", value: "b" })).toEqual({ tags: { site: "b" } });
  });

  test("the same condition twice is there once", () => {
    const condition: Condition = { kind: "health", value: "failed" };
    expect(withCondition(withCondition({}, condition), condition)).toEqual({ health: ["failed"] });
  });

  test.each([
    [{}, false],
    [{ search: " " }, false],
    [{ search: "a" }, true],
    [{ online: true }, true],
  ])("%j narrows: %s", (filter, narrows) => {
    expect(isNarrowing(filter)).toBe(narrows);
  });
});
