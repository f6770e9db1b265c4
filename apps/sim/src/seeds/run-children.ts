import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import type { Outcome } from "./run-seed.ts";

/** Seeds that a child runs before it says how far it is. */
const CHUNK = 20;

export interface Batch {
  readonly seeds: readonly number[];
  readonly bug: string | null;
}

export interface BatchResult {
  readonly outcomes: readonly Outcome[];
  readonly cpuMs: number;
}

/** Runs seeds on all cores, a child process each, until they are over or `take` says that it has seen enough. */
export async function runChildren(from: number, count: number, bug: string | null, take: (result: BatchResult) => boolean): Promise<void> {
  let next = from;
  let isOver = false;
  const nextBatch = (): Batch | null => {
    if (isOver || next >= from + count) return null;
    const seeds = Array.from({ length: Math.min(CHUNK, from + count - next) }, (_, index) => next + index);
    next += seeds.length;
    return { seeds, bug };
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
