import { type Interruption, type Lane, type Outcome, runPoint } from "./run-point.ts";
import type { Scenario } from "./scenario.ts";

export type MatrixResult = {
  outcomes: Outcome[];
  /** A sentence for each point at which something did not hold. */
  failures: string[];
};

/** Runs the points, one a lane at a time. */
export async function runMatrix(lanes: readonly Lane[], scenario: Scenario, points: readonly Interruption[]): Promise<MatrixResult> {
  const waiting = [...points];
  const outcomes: Outcome[] = [];
  const failures: string[] = [];
  const work = async (lane: Lane): Promise<void> => {
    for (let point = waiting.shift(); point !== undefined; point = waiting.shift()) {
      try {
        outcomes.push(await runPoint(lane, scenario, point));
      } catch (error) {
        failures.push(`${scenario.name}, ${point.name}: ${error instanceof Error ? error.message : String(error)}`);
        process.stdout.write(`✗ ${failures.at(-1)}\n`);
      }
    }
  };
  await Promise.all(lanes.map(work));
  return { outcomes, failures };
}

/** `kill matrix: 214 points of update: 90 ran the release before and 124 the new one; 2 were not reached`. */
export function summarise(scenario: Scenario, { outcomes, failures }: MatrixResult): string {
  const count = (ran: Outcome["ran"]): number => outcomes.filter((outcome) => outcome.ran === ran).length;
  const missed = outcomes.filter((outcome) => !outcome.died).length;
  const ran = `after the restart without a network ${count("before")} ran what ran before, ${count("target")} what was assigned, ${count("none")} nothing yet`;
  return `kill matrix: ${outcomes.length + failures.length} points of ${scenario.name}: ${ran}; ${missed} were not reached, ${failures.length} failed`;
}
