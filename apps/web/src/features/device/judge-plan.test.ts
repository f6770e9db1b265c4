import type { DeviceView } from "@flotilla/contracts/views";
import { expect, test } from "vitest";
import { judgePlan } from "./judge-plan.ts";

type Plan = Pick<DeviceView, "desired" | "reported" | "running">;
const desired: Plan["desired"] = { seq: 4, releaseId: "new", releaseName: "digits 2", rolloutId: null };
const reported = (phase: "ACTIVE" | "DOWNLOADING" | "ROLLED_BACK", seq = 4): Plan["reported"] => ({
  seq,
  phase,
  progress: null,
  reason: phase === "ROLLED_BACK" ? { code: "PROBE_TOO_SLOW", message: "p95 34 ms, limit 30 ms" } : null,
  at: new Date(0),
});
const running = (releaseId: string): Plan["running"] => ({
  releaseId,
  modelName: "digits",
  version: 1,
  variantName: "int8",
  variantSha256: "0".repeat(64),
});

test.each<[string, Plan, ReturnType<typeof judgePlan>]>([
  ["nothing assigned", { desired: null, reported: null, running: null }, { kind: "noPlan" }],
  ["assigned, never heard", { desired, reported: null, running: null }, { kind: "onTheWay", phase: "IDLE" }],
  ["downloading", { desired, reported: reported("DOWNLOADING"), running: running("old") }, { kind: "onTheWay", phase: "DOWNLOADING" }],
  ["proved", { desired, reported: reported("ACTIVE"), running: running("new") }, { kind: "inStep" }],
  [
    "rolled back",
    { desired, reported: reported("ROLLED_BACK"), running: running("old") },
    { kind: "failed", reason: "p95 34 ms, limit 30 ms" },
  ],
  [
    "an older assignment",
    { desired, reported: reported("ACTIVE", 3), running: running("old") },
    { kind: "apart", phase: "ACTIVE", reported: 3, desired: 4 },
  ],
])("%s", (_, plan, verdict) => {
  expect(judgePlan(plan)).toEqual(verdict);
});
