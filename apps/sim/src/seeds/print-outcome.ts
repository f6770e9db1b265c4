import type { Outcome } from "./play-history.ts";

/** A broken promise as a person wants to read it: what, when, what led to it, and how to see it again. */
export function describeFailure({ seed, cutAt, violation, lastLines, steps }: Outcome, bug: string | null): string {
  const cut = cutAt === null ? "" : ` --cut ${cutAt}`;
  if (violation === null) return `seed ${seed}${cut}: every invariant held (${steps} steps)`;
  const { invariant, message, atMs, step } = violation;
  return [
    `seed ${seed}${cut} broke “${invariant}” at step ${step}, ${(atMs / 1000).toFixed(3)} s of virtual time:`,
    `  ${message}`,
    "The last lines of its history:",
    ...lastLines.slice(-25),
    `Replay: pnpm sim --seed ${seed}${cut}${bug === null ? "" : ` --bug ${bug}`} --verbose`,
  ].join("\n");
}
