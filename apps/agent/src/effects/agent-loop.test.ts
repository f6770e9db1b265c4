import { createLogger } from "@flotilla/logger";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { assignment, PROBE, REASON, record } from "../../test/core-fixtures.ts";
import type { Effect, Executors, StateBody } from "../core/effect.ts";
import { emptyJournal, type Journal } from "../core/journal.ts";
import { AgentLoop } from "./agent-loop.ts";

/** Release 1 serves from slot A. */
const CONFIRMED: Journal = {
  ...emptyJournal(),
  seq: 1,
  current: "A",
  slots: { A: record(1, true), B: null },
  outcome: { seq: 1, phase: "ACTIVE", reason: null },
};

/** The core and its loop over a disk that takes the journal or does not. */
class Bench {
  isWritable = true;
  writes = 0;
  journal: Journal = CONFIRMED;
  readonly reports: StateBody[] = [];
  readonly effects: Effect[] = [];
  readonly loop = new AgentLoop({ now: Date.now, random: () => 0.5, logger: createLogger("agent", "silent") });

  constructor() {
    this.loop.start(this.#executors());
    this.loop.dispatch({ kind: "booted", journal: CONFIRMED, assignment: assignment(1, 1) });
    this.loop.dispatch({ kind: "host-ready", slot: "A" });
  }

  #executors(): Executors {
    const note = async (effect: Effect): Promise<void> => void this.effects.push(effect);
    const own: Partial<Executors> = {
      "write-journal": async ({ journal }) => {
        this.writes += 1;
        if (!this.isWritable) throw Object.assign(new Error("EROFS"), { code: "EROFS" });
        this.journal = journal;
      },
      "report-state": async ({ body }) => void this.reports.push(body),
      schedule: async ({ delayMs, event }) => void setTimeout(() => this.loop.dispatch(event), delayMs),
    };
    return new Proxy(own, { get: (table, kind: Effect["kind"]) => table[kind] ?? note }) as Executors;
  }

  get work(): number {
    return this.loop.state.work;
  }

  /** Brings release 2 as far as its probe, in slot B. */
  async probing(): Promise<void> {
    this.loop.dispatch({ kind: "assigned", assignment: assignment(2, 2) });
    await pass();
    const { work } = this;
    this.loop.dispatch({ kind: "preflight-passed", work });
    this.loop.dispatch({ kind: "downloaded", work });
    this.loop.dispatch({ kind: "verified", work, record: record(2) });
    this.loop.dispatch({ kind: "staged", work });
    this.loop.dispatch({ kind: "host-ready", slot: "B" });
    await pass();
    expect(this.loop.state.phase).toBe("PROBING");
  }
}

const pass = async (ms = 1): Promise<void> => void (await vi.advanceTimersByTimeAsync(ms));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it.each(["before", "after"])("says nothing of a probe that passed where its host ended %s that could be written down", async (order) => {
  const bench = new Bench();
  await bench.probing();
  bench.isWritable = false;
  const { work } = bench;
  const passed = { kind: "probe-passed", work, probe: PROBE } as const;
  const ended = { kind: "host-failed", slot: "B", reason: REASON } as const;
  bench.loop.dispatch(order === "before" ? ended : passed);
  await pass(1000);
  bench.loop.dispatch(order === "before" ? passed : ended);
  await pass(1000);
  bench.isWritable = true;
  await pass(20_000);
  expect(bench.reports.map(({ running }) => running?.releaseId)).not.toContain(record(2).releaseId);
  expect(bench.effects.filter(({ kind }) => kind === "serve")).toEqual([{ kind: "serve", slot: "A" }]);
  expect(bench.journal).toMatchObject({ current: "A", trying: null, outcome: { seq: 2, phase: "ROLLED_BACK", reason: REASON } });
});

it("does not say that a release runs whose host has ended, though its fall back cannot be written down", async () => {
  const bench = new Bench();
  await bench.probing();
  bench.loop.dispatch({ kind: "probe-passed", work: bench.work, probe: PROBE });
  for (let crash = 1; crash < 3; crash += 1) {
    bench.loop.dispatch({ kind: "host-failed", slot: "B", reason: REASON });
    await pass(60_000);
    bench.loop.dispatch({ kind: "host-ready", slot: "B" });
    await pass();
  }
  bench.isWritable = false;
  bench.reports.length = 0;
  bench.loop.dispatch({ kind: "host-failed", slot: "B", reason: REASON });
  bench.loop.dispatch({ kind: "connected" });
  await pass(60_000);
  expect(bench.reports.map(({ running }) => running)).toEqual([null, null]);
  expect(bench.effects.at(-1)).toEqual({ kind: "serve", slot: null });
  bench.isWritable = true;
  await pass(5000);
  expect(bench.journal).toMatchObject({ current: "A", outcome: { phase: "ROLLED_BACK" } });
});

it("decides what waited for the disk in the order in which it happened", async () => {
  const bench = new Bench();
  await pass();
  bench.isWritable = false;
  bench.loop.dispatch({ kind: "assigned", assignment: assignment(9, 2) });
  await pass(3000);
  bench.isWritable = true;
  // The assignment is of the identity that this ends: taken after it, it would outnumber all that come under the new one.
  bench.loop.dispatch({ kind: "readmitted" });
  await pass(5000);
  expect(bench.journal.seq).toBe(0);
  expect(bench.loop.state).toMatchObject({ phase: "IDLE", fault: null });
});

it("tries the disk once every five seconds, however much waits for it", async () => {
  const bench = new Bench();
  await pass();
  bench.isWritable = false;
  bench.writes = 0;
  for (let seq = 2; seq < 12; seq += 1) bench.loop.dispatch({ kind: "assigned", assignment: assignment(seq, 2) });
  await pass(14_000);
  expect(bench.writes).toBe(3);
  expect(bench.reports.at(-1)?.reason?.code).toBe("DATA_NOT_WRITABLE");
  bench.isWritable = true;
  await pass(5000);
  expect(bench.journal.seq).toBe(11);
});
