import { expect, test } from "vitest";
import { activatedTwice } from "./judge-agents.ts";
import { planKills, VICTIMS } from "./plan-kills.ts";
import { seededRandom } from "./random.ts";

const line = (to: string, seq: number) => `${JSON.stringify({ level: 30, msg: "phase", to, seq })}\n`;

test("an assignment that goes to work again after it was confirmed is seen; one that was begun again before is not", () => {
  const straight = line("ACTIVATING", 1) + line("PROBING", 1) + line("ACTIVE", 1);
  expect(activatedTwice(line("ACTIVATING", 1) + straight + line("ACTIVATING", 2) + line("ACTIVE", 2))).toEqual([]);
  expect(activatedTwice(straight + '{"msg":"pha\n' + line("IDLE", 1) + line("ACTIVATING", 1))).toEqual([1]);
});

test("one seed is one plan, and twenty kills meet everything", () => {
  const plan = planKills(20, seededRandom(7));
  expect(plan).toEqual(planKills(20, seededRandom(7)));
  expect(plan).not.toEqual(planKills(20, seededRandom(8)));
  expect(new Set(plan.map(({ victim }) => victim))).toEqual(new Set(VICTIMS));
});
