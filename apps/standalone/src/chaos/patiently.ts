const PAUSE_MS = 250;

/** Asks until the answer is not null, through every outage of the database. @throws Error with the last one where `limitMs` is over. */
export async function patiently<T>(what: string, limitMs: number, ask: () => Promise<T | null>): Promise<T> {
  const end = performance.now() + limitMs;
  let problem = "it was never so";
  while (performance.now() < end) {
    try {
      const answer = await ask();
      if (answer !== null) return answer;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`${what}: not within ${Math.round(limitMs / 1000)} s (${problem}).`);
}
