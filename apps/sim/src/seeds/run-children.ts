import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import type { Outcome } from "./play-history.ts";

/** Histories that a child plays before it says how far it is. */
const CHUNK = 20;

/** `runSeed`, or `runCut` with the disk call at which the power fails. */
export type HistoryName = Pick<Outcome, "seed" | "cutAt">;

export interface Batch {
  readonly histories: readonly HistoryName[];
  readonly bug: string | null;
}

export interface BatchResult {
  readonly outcomes: readonly Outcome[];
  readonly cpuMs: number;
}

export const seedsFrom = (from: number, count: number): HistoryName[] =>
  Array.from({ length: count }, (_, index) => ({ seed: from + index, cutAt: null }));

/** Plays histories on all cores, a child process each, until they are over or `take` says that it has seen enough. */
export async function runChildren(all: readonly HistoryName[], bug: string | null, take: (result: BatchResult) => boolean): Promise<void> {
  let next = 0;
  let isOver = false;
  const nextBatch = (): Batch | null => {
    const histories = isOver ? [] : all.slice(next, next + CHUNK);
    next += histories.length;
    return histories.length === 0 ? null : { histories, bug };
  };
  const work = async (): Promise<void> => {
    const child = fork(new URL("./child.ts", import.meta.url), { serialization: "advanced" });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const feed = (): void => {
      const batch = nextBatch();
      if (batch === null) child.disconnect();
      else child.send(batch);
    };
    child.on("message", (result: BatchResult) => {
      if (!take(result)) isOver = true;
      feed();
    });
    child.on("error", reject);
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a child ended with ${code}`))));
    feed();
    await promise;
  };
  await Promise.all(Array.from({ length: Math.max(1, availableParallelism()) }, work));
}
