import type { StageSpec } from "@flotilla/contracts";
import { type Actor, createRollout, listGroups, type ServiceContext } from "@flotilla/services";
import { patiently } from "./patiently.ts";

const START_MS = 60_000;
const stage = (name: string, percent: number): StageSpec => ({
  ...{ name, target: { kind: "percent", percent }, soakSeconds: 0, deadlineSeconds: 600, manual: false },
});
const STAGES = [stage("Canary", 5), stage("Half", 50), stage("All", 100)];
/** Off but the one on failures, and that one generous: an agent that is killed three times while it activates rolls back, as it should. */
const GATES = { failureRateMax: 0.2, minimumSample: 5, goldenAgreementMin: null, latencyP95MaxRatio: null, memoryMaxRatio: null };

/** Starts a rollout to every agent. Answers with its id once the database has it for certain: an answer that was lost is looked up, not asked for twice. */
export async function rollOut(ctx: ServiceContext, actor: Actor, releaseId: string, name: string): Promise<string> {
  return await patiently(`rollout “${name}” starts`, START_MS, async () => {
    const there = await ctx.db.prisma.rollout.findFirst({ where: { organisationId: actor.organisationId, name } });
    if (there !== null) return there.id;
    const [group] = await listGroups(ctx, actor);
    const { id } = await createRollout(ctx, actor, {
      name,
      releaseId,
      groupId: group?.id ?? "",
      stages: STAGES,
      gates: GATES,
      start: true,
    });
    return id;
  });
}

/** Waits until the rollout has ended, however. */
export async function untilEnded(ctx: ServiceContext, id: string, limitMs: number): Promise<string> {
  return await patiently("the rollout ends", limitMs, async () => {
    const { state } = await ctx.db.prisma.rollout.findUniqueOrThrow({ where: { id } });
    return ["COMPLETED", "HALTED", "CANCELLED", "REVERTED"].includes(state) ? state : null;
  });
}
