import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Effect } from "./effect.ts";
import type { AgentEvent } from "./event.ts";
import { parseJournal } from "../effects/parse-journal.ts";
import { type AgentState, initialState, MAX_ATTEMPTS } from "./state.ts";
import { step } from "./step.ts";
import { assignment, NOW, PROBE, REASON, record } from "../../test/core-fixtures.ts";

/**
 * A world around the core that remembers what really lies in the slots, and lets the power fail between any two effects: what
 * counts then is the journal that was written last.
 */
type World = {
  state: AgentState;
  /** Release in each slot directory, if it was verified when it was put there. */
  disk: { A: number | null; B: number | null };
  written: AgentState["journal"];
  saved: ReturnType<typeof assignment> | null;
  proved: Set<string>;
  reported: number;
  attempts: Map<number, number>;
};

type Move =
  | { kind: "event"; pick: number; release: number; seqStep: number; late: boolean }
  | { kind: "power-cut"; effects: number; pick: number };

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("event" as const),
      pick: fc.nat(43),
      release: fc.integer({ min: 1, max: 4 }),
      seqStep: fc.integer({ min: -1, max: 2 }),
      late: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("power-cut" as const), effects: fc.nat(5), pick: fc.nat(40) }) },
);

/** Any event that the effects of this state could answer with, and some that they could not. */
function eventFor(world: World, pick: number, release: number, seqStep: number, late: boolean): AgentEvent {
  const { state } = world;
  const work = late && pick % 3 === 0 ? Math.max(0, state.work - 1) : state.work;
  const other = state.journal.current === "A" ? "B" : "A";
  const wanted = state.assignment === null ? 1 : Number(state.assignment.variant.model.sha256);
  const events: AgentEvent[] = [
    { kind: "assigned", assignment: assignment(Math.max(1, state.journal.seq + seqStep), release) },
    { kind: "preflight-passed", work },
    { kind: "downloaded", work },
    { kind: "verified", work, record: record(wanted) },
    { kind: "staged", work },
    { kind: "host-ready", slot: other },
    { kind: "probe-passed", work, probe: PROBE },
    { kind: "host-ready", slot: state.journal.current ?? "A" },
    { kind: "unassigned" },
    { kind: "preflight-refused", work, reason: REASON },
    { kind: "download-failed", work, reason: REASON },
    { kind: "retry-due", work },
    { kind: "rejected", work, reason: { code: "DIGEST_MISMATCH", message: "x" } },
    { kind: "staging-failed", work, reason: REASON },
    { kind: "host-failed", slot: pick % 2 === 0 ? "A" : "B", reason: REASON },
    { kind: "probe-failed", work, probe: PROBE, reason: REASON },
    { kind: "restart-due" },
    { kind: "resume-due" },
    { kind: "fault", reason: pick % 2 === 0 ? REASON : null },
    { kind: "connected" },
    { kind: "progressed", work, fraction: 0.5 },
    { kind: "unwritten", event: { kind: "host-failed", slot: pick % 2 === 0 ? "A" : "B", reason: REASON } },
  ];
  // The straight way is taken more often than the others, so that runs get far.
  const straight = {
    IDLE: 0,
    PREFLIGHT: 1,
    DOWNLOADING: 2,
    VERIFYING: 3,
    STAGED: 4,
    ACTIVATING: 5,
    PROBING: 6,
    ACTIVE: 0,
    REFUSED: 0,
    REJECTED: 0,
    ROLLED_BACK: 0,
  }[state.phase];
  return events[pick < 20 ? straight : pick % events.length]!;
}

function carryOut(world: World, effect: Effect): void {
  switch (effect.kind) {
    case "write-journal": {
      const { journal } = effect;
      expect(parseJournal(JSON.stringify(journal))).toEqual(journal);
      expect(journal.seq).toBeGreaterThanOrEqual(world.written.seq);
      for (const [model, counter] of Object.entries(world.written.counters))
        expect(journal.counters[model]).toBeGreaterThanOrEqual(counter);
      // The last good slot is never lost: once something was confirmed, something confirmed is current, and lies on the disk.
      if (world.written.current !== null) expect(journal.current).not.toBeNull();
      if (journal.current !== null) {
        const held = journal.slots[journal.current]!;
        expect(held.confirmed).toBe(true);
        expect(world.disk[journal.current]).toBe(held.counter);
        expect(world.proved.has(held.variantSha256)).toBe(true);
      }
      if (journal.previous !== null) expect(journal.slots[journal.previous]?.confirmed).toBe(true);
      if (journal.trying !== null) {
        expect(journal.trying.attempts).toBeLessThanOrEqual(MAX_ATTEMPTS);
        expect(journal.trying.slot).not.toBe(journal.current);
      }
      world.written = journal;
      return;
    }
    case "save-assignment":
      world.saved = effect.assignment;
      return;
    case "stage":
      // What serves, or could have to serve after a power cut, is never overwritten.
      expect(effect.slot).not.toBe(world.written.current);
      expect(world.written.slots[effect.slot]).toBeNull();
      world.disk[effect.slot] = effect.record.counter;
      return;
    case "start-host": {
      // Nothing unverified is ever opened: the journal knows the slot, and the disk holds what it says.
      const held = world.written.slots[effect.slot];
      expect(held).not.toBeNull();
      expect(world.disk[effect.slot]).toBe(held?.counter);
      if (effect.role === "candidate") expect(world.written.trying?.slot).toBe(effect.slot);
      else expect(world.written.current).toBe(effect.slot);
      return;
    }
    case "serve":
      if (effect.slot !== null) expect(effect.slot).toBe(world.written.current);
      return;
    case "report-state":
      if (effect.durable) world.reported += 1;
      return;
    default:
      return;
  }
}

function happen(world: World, event: AgentEvent, limit = Number.POSITIVE_INFINITY): void {
  const before = world.state;
  if (event.kind === "probe-passed" && event.work === before.work && before.phase === "PROBING" && before.journal.trying !== null) {
    world.proved.add(before.journal.slots[before.journal.trying.slot]!.variantSha256);
  }
  const { state, effects } = step(before, event, NOW, 0.5);
  expect(state.journal.seq).toBeGreaterThanOrEqual(before.journal.seq);
  // A new phase is always told, durably.
  if (state.phase !== before.phase && event.kind !== "booted")
    expect(effects.some((effect) => effect.kind === "report-state" && effect.durable)).toBe(true);
  // A changed journal is written, and first.
  if (JSON.stringify(state.journal) !== JSON.stringify(before.journal) && event.kind !== "booted")
    expect(effects[0]?.kind === "write-journal" || effects[0] === undefined).toBe(true);
  for (const effect of effects.slice(0, limit)) carryOut(world, effect);
  world.state = state;
}

it("keeps its promises under any events and power cuts", () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 80 }), (moves) => {
      const world: World = {
        state: initialState(),
        disk: { A: null, B: null },
        written: initialState().journal,
        saved: null,
        proved: new Set(),
        reported: 0,
        attempts: new Map(),
      };
      for (const next of moves) {
        if (next.kind === "event") {
          happen(world, eventFor(world, next.pick, next.release, next.seqStep, next.late));
          continue;
        }
        happen(world, eventFor(world, next.pick, 1, 1, false), next.effects);
        world.state = initialState();
        happen(world, { kind: "booted", journal: world.written, assignment: world.saved });
        // After any power cut the last confirmed release is started before anything else is.
        if (world.written.current !== null) {
          const { effects } = step(initialState(), { kind: "booted", journal: world.written, assignment: world.saved }, NOW, 0.5);
          expect(effects.find((effect) => effect.kind === "start-host")).toMatchObject({ slot: world.written.current, role: "current" });
        }
      }
    }),
    { numRuns: 3000 },
  );
});

it("comes to rest: an assignment whose answers arrive ends in an outcome", () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (moves, release) => {
      const world: World = {
        state: initialState(),
        disk: { A: null, B: null },
        written: initialState().journal,
        saved: null,
        proved: new Set(),
        reported: 0,
        attempts: new Map(),
      };
      for (const next of moves) if (next.kind === "event") happen(world, eventFor(world, next.pick, next.release, next.seqStep, next.late));
      happen(world, { kind: "assigned", assignment: assignment(world.state.journal.seq + 1, release) });
      for (let index = 0; index < 10 && world.state.journal.outcome === null; index += 1)
        happen(world, eventFor(world, 0, release, 0, false));
      expect(world.state.phase).toBe("ACTIVE");
      expect(world.state.journal.slots[world.state.journal.current!]?.counter).toBe(release);
    }),
    { numRuns: 1000 },
  );
});
