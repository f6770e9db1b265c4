import { expect, test } from "vitest";
import { devicesHref } from "./devices-href.ts";
import { type OldAddress, translateOldAddress } from "./old-address.ts";

const nothing: OldAddress = { q: null, health: null, online: null, profile: null, tag: null, model: null, release: null, reason: null };
const id = "4b5dd3f8-0f33-4f5f-8d2b-6f8f8c4b5a02";

test.each<[Partial<OldAddress>, string]>([
  [{}, ""],
  [{ q: " cam*1 " }, '"cam*1"'],
  [{ health: ["failed", "offline", "nonsense"] }, "health in (failed, offline)"],
  [{ online: false, profile: ["x64"] }, 'not online and profile = "x64"'],
  [{ tag: ["site=harbour", "name=a=b", "lab"] }, 'site = "harbour" and tag.name = "a=b" and lab = ""'],
  [{ release: id, model: "not an id" }, `releaseId = "${id}"`],
  [{ reason: "PROBE_TOO_SLOW", health: ["failed"] }, "health = failed and reason = PROBE_TOO_SLOW"],
])("an old address %j is the filter %s", (old, filter) => {
  expect(translateOldAddress({ ...nothing, ...old })).toBe(filter);
});

test("an address carries a filter as it is", () => {
  const filter = 'site = "north & south" or name ~ "50%*"';
  expect(new URL(devicesHref(filter), "http://here").searchParams.get("filter")).toBe(filter);
  expect(devicesHref("")).toBe("/devices");
});
