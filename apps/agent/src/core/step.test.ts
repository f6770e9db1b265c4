import { describe, expect, it } from "vitest";
import type { AgentState } from "./state.ts";
import {
  after,
  assignment,
  fresh,
  type Loose,
  NOW,
  one,
  PROBE,
  REASON,
  record,
  releaseId,
  sha256,
  take,
  toPhase,
  two,
} from "../../test/core-fixtures.ts";

const at = (phase: string): AgentState => toPhase(one, 2, 2, phase);
const reverting = (...events: Loose[]): AgentState => after(two, { kind: "assigned", assignment: assignment(3, 1) }, ...events);
const tampered = { code: "DIGEST_MISMATCH", message: "flipped" } as const;
const rebooted = (state: AgentState, seq: number, release: number, attempts?: number): [AgentState, Loose] => {
  const { journal } = state;
  const trying = journal.trying === null || attempts === undefined ? journal.trying : { ...journal.trying, attempts };
  return [fresh, { kind: "booted", journal: { ...journal, trying }, assignment: assignment(seq, release) }];
};

type Row = [name: string, state: AgentState, event: Loose, phase: string, effects: string];

const table: Row[] = [
  // The straight way
  [
    "IDLE + assigned → PREFLIGHT, remembered first",
    fresh,
    { kind: "assigned", assignment: assignment(1, 1) },
    "PREFLIGHT",
    "write-journal save-assignment report-state preflight",
  ],
  ["PREFLIGHT + passed → DOWNLOADING", at("PREFLIGHT"), { kind: "preflight-passed" }, "DOWNLOADING", "report-state download"],
  ["DOWNLOADING + progress → says so", at("DOWNLOADING"), { kind: "progressed", fraction: 0.5 }, "DOWNLOADING", "report-state"],
  ["DOWNLOADING + done → VERIFYING", at("DOWNLOADING"), { kind: "downloaded" }, "VERIFYING", "report-state verify"],
  [
    "VERIFYING + verified → STAGED, the target slot given up in the journal first",
    at("VERIFYING"),
    { kind: "verified", record: record(2) },
    "STAGED",
    "write-journal report-state stage",
  ],
  [
    "STAGED + staged → ACTIVATING, the attempt counted before the model is opened",
    at("STAGED"),
    { kind: "staged" },
    "ACTIVATING",
    "write-journal report-state start-host",
  ],
  ["ACTIVATING + host ready → PROBING", at("ACTIVATING"), { kind: "host-ready", slot: "B" }, "PROBING", "report-state probe"],
  [
    "PROBING + passed → ACTIVE, confirmed before it serves, the old host ended last",
    at("PROBING"),
    { kind: "probe-passed", probe: PROBE },
    "ACTIVE",
    "write-journal mark-confirmed serve report-state stop-host clean-downloads",
  ],
  // Refused, rejected, rolled back
  [
    "PREFLIGHT + a number that does not fit → REFUSED",
    at("PREFLIGHT"),
    { kind: "preflight-refused", reason: REASON },
    "REFUSED",
    "write-journal report-state clean-downloads",
  ],
  [
    "PREFLIGHT + forged envelope → REJECTED, told as security",
    at("PREFLIGHT"),
    { kind: "rejected", reason: tampered },
    "REJECTED",
    "write-journal report-state report-security clean-downloads",
  ],
  [
    "DOWNLOADING + network gone → waits and tries again",
    at("DOWNLOADING"),
    { kind: "download-failed", reason: REASON },
    "DOWNLOADING",
    "schedule",
  ],
  ["DOWNLOADING + retry due → downloads on", at("DOWNLOADING"), { kind: "retry-due" }, "DOWNLOADING", "download"],
  [
    "DOWNLOADING + disk full → REFUSED",
    at("DOWNLOADING"),
    { kind: "download-failed", reason: { code: "NOT_ENOUGH_DISK", message: "full" } },
    "REFUSED",
    "write-journal report-state clean-downloads",
  ],
  [
    "DOWNLOADING + wrong bytes → REJECTED",
    at("DOWNLOADING"),
    { kind: "rejected", reason: tampered },
    "REJECTED",
    "write-journal report-state report-security clean-downloads",
  ],
  [
    "VERIFYING + wrong bytes → REJECTED",
    at("VERIFYING"),
    { kind: "rejected", reason: tampered },
    "REJECTED",
    "write-journal report-state report-security clean-downloads",
  ],
  [
    "STAGED + slot cannot be written → REFUSED",
    at("STAGED"),
    { kind: "staging-failed", reason: REASON },
    "REFUSED",
    "write-journal report-state clean-downloads",
  ],
  [
    "ACTIVATING + host fails → ROLLED_BACK",
    at("ACTIVATING"),
    { kind: "host-failed", slot: "B", reason: REASON },
    "ROLLED_BACK",
    "write-journal stop-host report-state clean-downloads",
  ],
  [
    "PROBING + gate fails → ROLLED_BACK",
    at("PROBING"),
    { kind: "probe-failed", probe: PROBE, reason: REASON },
    "ROLLED_BACK",
    "write-journal stop-host report-state clean-downloads",
  ],
  [
    "PROBING + host crashes → ROLLED_BACK",
    at("PROBING"),
    { kind: "host-failed", slot: "B", reason: REASON },
    "ROLLED_BACK",
    "write-journal stop-host report-state clean-downloads",
  ],
  // Assignments
  ["ACTIVE + the same seq again → nothing", one, { kind: "assigned", assignment: assignment(1, 1) }, "ACTIVE", ""],
  ["ACTIVE + an older seq → nothing", two, { kind: "assigned", assignment: assignment(1, 1) }, "ACTIVE", ""],
  [
    "ROLLED_BACK + the same seq again → stays bad",
    after(at("PROBING"), { kind: "probe-failed", probe: PROBE, reason: REASON }),
    { kind: "assigned", assignment: assignment(2, 2) },
    "ROLLED_BACK",
    "",
  ],
  [
    "ROLLED_BACK + the same release under a new seq → verified in its slot, tried again",
    after(at("PROBING"), { kind: "probe-failed", probe: PROBE, reason: REASON }),
    { kind: "assigned", assignment: assignment(3, 2) },
    "PREFLIGHT",
    "write-journal save-assignment report-state preflight",
  ],
  [
    "ACTIVE + what runs already → ACTIVE at once",
    one,
    { kind: "assigned", assignment: assignment(2, 1) },
    "ACTIVE",
    "write-journal save-assignment report-state",
  ],
  [
    "DOWNLOADING + newer → PREFLIGHT of the newer",
    at("DOWNLOADING"),
    { kind: "assigned", assignment: assignment(3, 3) },
    "PREFLIGHT",
    "write-journal cancel-work save-assignment report-state preflight",
  ],
  [
    "PROBING + newer → the candidate is stopped",
    at("PROBING"),
    { kind: "assigned", assignment: assignment(3, 3) },
    "PREFLIGHT",
    "write-journal cancel-work stop-host save-assignment report-state preflight",
  ],
  [
    "PROBING + newer that is what runs → ACTIVE",
    at("PROBING"),
    { kind: "assigned", assignment: assignment(3, 1) },
    "ACTIVE",
    "write-journal cancel-work stop-host save-assignment report-state",
  ],
  ["DOWNLOADING + taken back → what runs keeps running", at("DOWNLOADING"), { kind: "unassigned" }, "ACTIVE", "cancel-work report-state"],
  [
    "first DOWNLOADING + taken back → IDLE",
    toPhase(fresh, 1, 1, "DOWNLOADING"),
    { kind: "unassigned" },
    "IDLE",
    "cancel-work report-state",
  ],
  ["PROBING + taken back → too late, the probe decides", at("PROBING"), { kind: "unassigned" }, "PROBING", ""],
  // Revert
  [
    "revert: PREFLIGHT + passed → VERIFYING without a download",
    reverting(),
    { kind: "preflight-passed" },
    "VERIFYING",
    "report-state verify",
  ],
  [
    "revert: VERIFYING + verified → ACTIVATING without staging",
    reverting({ kind: "preflight-passed" }),
    { kind: "verified", record: record(1) },
    "ACTIVATING",
    "write-journal report-state report-state start-host",
  ],
  [
    "revert: VERIFYING + the slot rotted → REJECTED",
    reverting({ kind: "preflight-passed" }),
    { kind: "rejected", reason: tampered },
    "REJECTED",
    "write-journal report-state report-security clean-downloads",
  ],
  // After a power cut
  ["boot, nothing known → IDLE", fresh, { kind: "booted", journal: fresh.journal, assignment: null }, "IDLE", "report-state"],
  ["boot, settled → serves", ...rebooted(two, 2, 2), "ACTIVE", "start-host"],
  [
    "boot in DOWNLOADING → serves, then PREFLIGHT again",
    ...rebooted(at("DOWNLOADING"), 2, 2),
    "PREFLIGHT",
    "start-host report-state preflight",
  ],
  ["boot in PROBING → serves, whatever the journal's disk says", ...rebooted(at("PROBING"), 2, 2), "IDLE", "start-host schedule"],
  [
    "boot in PROBING + resumed → the second attempt",
    after(...rebooted(at("PROBING"), 2, 2)),
    { kind: "resume-due" },
    "ACTIVATING",
    "write-journal report-state start-host",
  ],
  [
    "boot in PROBING + the same seq before it is resumed → nothing begins twice",
    after(...rebooted(at("PROBING"), 2, 2)),
    { kind: "assigned", assignment: assignment(2, 2) },
    "IDLE",
    "",
  ],
  [
    "boot in the third attempt + resumed → ROLLED_BACK",
    after(...rebooted(at("PROBING"), 2, 2, 3)),
    { kind: "resume-due" },
    "ROLLED_BACK",
    "write-journal stop-host report-state clean-downloads",
  ],
  ["resumed twice → nothing", after(...rebooted(at("PROBING"), 2, 2), { kind: "resume-due" }), { kind: "resume-due" }, "ACTIVATING", ""],
  [
    "boot with an assignment that was never begun + host ready → not ACTIVE",
    after(fresh, { kind: "booted", journal: { ...one.journal, seq: 2, outcome: null }, assignment: null }),
    { kind: "host-ready", slot: "A" },
    "IDLE",
    "serve report-state",
  ],
  // The device itself
  ["a fault of the device → said", two, { kind: "fault", reason: REASON }, "ACTIVE", "report-state"],
  ["the same fault again → nothing", after(two, { kind: "fault", reason: REASON }), { kind: "fault", reason: REASON }, "ACTIVE", ""],
  ["the fault is over → said", after(two, { kind: "fault", reason: REASON }), { kind: "fault", reason: null }, "ACTIVE", "report-state"],
  ["another identity → its assignments begin at 1", two, { kind: "readmitted" }, "IDLE", "write-journal report-state"],
  [
    "another identity in the middle of an update → given up",
    at("PROBING"),
    { kind: "readmitted" },
    "IDLE",
    "write-journal cancel-work stop-host report-state",
  ],
  [
    "a fault while what is confirmed is being started → its host speaks",
    after(...rebooted(two, 2, 2)),
    { kind: "fault", reason: REASON },
    "ACTIVE",
    "",
  ],
  [
    "broker connected while what is confirmed is being started → its host speaks",
    after(...rebooted(two, 2, 2)),
    { kind: "connected" },
    "ACTIVE",
    "",
  ],
  [
    "assigned what is being started → ACTIVE is said by its host",
    after(...rebooted(two, 2, 2)),
    { kind: "assigned", assignment: assignment(3, 2) },
    "ACTIVE",
    "write-journal save-assignment",
  ],
  // Steady state
  ["boot + host ready → serves", after(...rebooted(two, 2, 2)), { kind: "host-ready", slot: "B" }, "ACTIVE", "serve report-state"],
  ["host crashes once → started again", two, { kind: "host-failed", slot: "B", reason: REASON }, "ACTIVE", "serve report-state schedule"],
  [
    "restart due → started",
    after(two, { kind: "host-failed", slot: "B", reason: REASON }),
    { kind: "restart-due" },
    "ACTIVE",
    "start-host",
  ],
  [
    "host crashes a third time → the previous slot",
    after(two, { kind: "host-failed", slot: "B", reason: REASON }, { kind: "host-failed", slot: "B", reason: REASON }),
    { kind: "host-failed", slot: "B", reason: REASON },
    "ROLLED_BACK",
    "write-journal serve start-host report-state",
  ],
  [
    "the only release crashes a third time → never given up",
    after(one, { kind: "host-failed", slot: "A", reason: REASON }, { kind: "host-failed", slot: "A", reason: REASON }),
    { kind: "host-failed", slot: "A", reason: REASON },
    "ACTIVE",
    "serve report-state schedule",
  ],
  [
    "the only release rotted on the disk → fetched again",
    one,
    { kind: "host-failed", slot: "A", reason: tampered },
    "PREFLIGHT",
    "write-journal serve report-state preflight",
  ],
  [
    "the envelope beside the only release rotted → fetched again",
    one,
    { kind: "host-failed", slot: "A", reason: { code: "SIGNATURE_INVALID", message: "flipped" } },
    "PREFLIGHT",
    "write-journal serve report-state preflight",
  ],
  [
    "the name of the key in that envelope rotted → fetched again",
    one,
    { kind: "host-failed", slot: "A", reason: { code: "SIGNED_BY_UNKNOWN_KEY", message: "flipped" } },
    "PREFLIGHT",
    "write-journal serve report-state preflight",
  ],
  [
    "the current release rotted on the disk → the previous slot",
    two,
    { kind: "host-failed", slot: "B", reason: tampered },
    "ROLLED_BACK",
    "write-journal serve start-host report-state",
  ],
  ["a host that nobody waits for any more → ended", one, { kind: "host-ready", slot: "B" }, "ACTIVE", "stop-host"],
  ["broker connected → said again", two, { kind: "connected" }, "ACTIVE", "report-state"],
];

describe("transition table", () => {
  it.each(table)("%s", (_, state, event, phase, effects) => {
    const stepped = take(state, event);
    expect(stepped.state.phase).toBe(phase);
    expect(stepped.effects.map((effect) => effect.kind).join(" ")).toBe(effects);
  });
});

describe("what the transitions carry", () => {
  it("an answer to superseded work decides nothing", () => {
    const late = at("DOWNLOADING").work;
    const newer = after(at("DOWNLOADING"), { kind: "assigned", assignment: assignment(3, 3) }, { kind: "preflight-passed" });
    expect(take(newer, { kind: "downloaded", work: late } as Loose)).toEqual({ state: newer, effects: [] });
  });

  it("a confirmed journal names both slots, the counter and the outcome", () => {
    expect(two.journal).toMatchObject({ seq: 2, current: "B", previous: "A", trying: null, outcome: { seq: 2, phase: "ACTIVE" } });
    expect(Object.values(two.journal.counters)).toEqual([2]);
  });

  it("what is said again brings the probe, until another assignment begins", () => {
    const said = (state: AgentState): unknown => take(state, { kind: "connected" }).effects;
    const withProbe = { kind: "report-state", body: { probe: PROBE } };
    expect(said(two)).toMatchObject([{ ...withProbe, body: { seq: 2, phase: "ACTIVE", probe: PROBE } }]);
    const failed = after(at("PROBING"), { kind: "probe-failed", probe: PROBE, reason: REASON });
    expect(said(failed)).toMatchObject([{ ...withProbe, body: { seq: 2, phase: "ROLLED_BACK", probe: PROBE, reason: REASON } }]);
    expect(said(toPhase(two, 3, 1, "PROBING"))).not.toMatchObject([withProbe]);
    expect(said(after(two, { kind: "assigned", assignment: assignment(3, 2) }))).not.toMatchObject([withProbe]);
  });

  it("a fault that was found while the host started is in the report of the host", () => {
    const state = after(...rebooted(two, 2, 2), { kind: "fault", reason: REASON });
    expect(take(state, { kind: "host-ready", slot: "B" }).effects).toMatchObject([
      { kind: "serve" },
      { kind: "report-state", body: { phase: "ACTIVE", running: { releaseId: releaseId(2) }, reason: REASON } },
    ]);
  });

  it("the report of success says what runs, what stands by, and what was measured", () => {
    const { effects } = take(at("PROBING"), { kind: "probe-passed", probe: PROBE });
    expect(effects.find((effect) => effect.kind === "report-state")).toMatchObject({
      durable: true,
      body: {
        seq: 2,
        phase: "ACTIVE",
        running: { releaseId: releaseId(2), variantSha256: sha256(2) },
        standby: { releaseId: releaseId(1) },
        probe: PROBE,
      },
    });
  });

  it("a failed release is not offered as standby", () => {
    const { effects } = take(at("PROBING"), { kind: "probe-failed", probe: PROBE, reason: REASON });
    expect(effects.find((effect) => effect.kind === "report-state")).toMatchObject({
      body: { running: { releaseId: releaseId(1) }, standby: null, reason: REASON },
    });
  });

  it("only a release that was confirmed may come back older than what is: one that failed its probe lies in the slot, too", () => {
    const goesBack = (state: AgentState): unknown =>
      take(state, { kind: "assigned", assignment: assignment(3, 1) }).effects.find((effect) => effect.kind === "preflight");
    const { A } = two.journal.slots;
    const failed = {
      ...two,
      journal: { ...two.journal, slots: { ...two.journal.slots, A: A === null ? null : { ...A, confirmed: false } } },
    };
    expect(goesBack(two)).toMatchObject({ standby: true, goesBack: true });
    expect(goesBack(failed)).toMatchObject({ standby: true, goesBack: false });
  });

  it("a revert is not judged against what it takes back", () => {
    const activating = reverting({ kind: "preflight-passed" }, { kind: "verified", record: record(1) });
    expect(take(activating, { kind: "host-ready", slot: "A" }).effects.find((effect) => effect.kind === "probe")).toMatchObject({
      judgeRatios: false,
      baseline: "B",
    });
    expect(take(at("ACTIVATING"), { kind: "host-ready", slot: "B" }).effects.find((effect) => effect.kind === "probe")).toMatchObject({
      judgeRatios: true,
      baseline: "A",
    });
  });

  it("crashes that are far apart are not added up", () => {
    const crash: Loose = { kind: "host-failed", slot: "B", reason: REASON };
    let state = two;
    for (let index = 0; index < 5; index += 1) state = take(state, crash, NOW + index * 3_600_000).state;
    expect(state.journal.current).toBe("B");
  });
});
