/** Prints a line for the person at the terminal. */
export function say(line: string): void {
  console.log(line);
}

/** Says a step, runs it, and says how long it took. */
export async function step(name: string, run: () => Promise<string>): Promise<void> {
  const startedAt = performance.now();
  const note = await run();
  say(`✓ ${name}${note === "" ? "" : `: ${note}`} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
}
