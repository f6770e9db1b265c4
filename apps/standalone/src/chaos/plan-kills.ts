/** What is killed: a server process by its name, or any one of the agents. */
export const VICTIMS = ["agent", "worker", "gateway", "broker", "postgres"] as const;
export type Victim = (typeof VICTIMS)[number];

export interface Kill {
  victim: Victim;
  /** Which agent, as a share of them; of no meaning for a server process. */
  which: number;
  /** Wait before it, from the kill before. */
  afterMs: number;
}

const LONGEST_WAIT_MS = 6000;

/** `count` kills at random times. Every kind of process is killed at least once where there are kills enough. */
export function planKills(count: number, random: () => number): Kill[] {
  const victims = Array.from({ length: count }, (_, index): Victim => VICTIMS[index % VICTIMS.length] ?? "agent");
  for (let index = victims.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [victims[index], victims[other]] = [victims[other] as Victim, victims[index] as Victim];
  }
  return victims.map((victim) => ({ victim, which: random(), afterMs: Math.round(random() * LONGEST_WAIT_MS) }));
}
