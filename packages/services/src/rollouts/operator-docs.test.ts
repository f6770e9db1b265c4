import { readFile } from "node:fs/promises";
import { errorCodes, rolloutDeviceStates, rolloutGateNames, rolloutStates, stageStates } from "@flotilla/contracts";
import { decisionKinds } from "@flotilla/domain";
import { beforeAll, expect, test } from "vitest";

const page = new URL("../../../../docs/rollouts.md", import.meta.url);
let named: Set<string>;
beforeAll(async () => {
  const text = await readFile(page, "utf8");
  named = new Set([...text.matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? ""));
});

test.each([
  ["states of a rollout", rolloutStates],
  ["states of a stage", stageStates],
  ["states of a device", rolloutDeviceStates],
  ["gates", rolloutGateNames],
  ["decisions", decisionKinds],
] as const)("docs/rollouts.md says every one of the %s", (_, words) => {
  expect(words.filter((word) => !named.has(word))).toEqual([]);
});

test("docs/rollouts.md says nothing that the product does not know", () => {
  const known = new Set<string>([
    ...rolloutStates,
    ...stageStates,
    ...rolloutDeviceStates,
    ...rolloutGateNames,
    ...decisionKinds,
    ...errorCodes,
  ]);
  const others = ["rollout:approve", "test=true", "options", "timeZone", "exclusive=true"];
  expect([...named].filter((word) => !known.has(word) && !others.includes(word))).toEqual([]);
});
