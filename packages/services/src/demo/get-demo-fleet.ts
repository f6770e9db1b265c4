import type { DemoFleetView } from "@flotilla/contracts/views";
import type { Actor, ServiceContext } from "../context.ts";

/** The tag by which simulated devices are known: each says so when it enrols. */
export const SIMULATED_TAG = { key: "simulated", value: "yes" } as const;

/** How many devices are simulated on this machine, and how many of them have joined. Not offered where no supervisor would do it. */
export async function getDemoFleet(ctx: ServiceContext, actor: Actor): Promise<DemoFleetView> {
  if (ctx.simulatesDevices !== true) return { offered: false, wanted: 0, joined: 0, problem: null, changedAt: null };
  const { organisationId } = actor;
  const tags = { path: [SIMULATED_TAG.key], equals: SIMULATED_TAG.value };
  const [fleet, joined] = await Promise.all([
    ctx.db.prisma.demoFleet.findUnique({ where: { organisationId } }),
    ctx.db.prisma.device.count({ where: { organisationId, state: "ACTIVE", tags } }),
  ]);
  return { offered: true, wanted: fleet?.wanted ?? 0, joined, problem: fleet?.problem ?? null, changedAt: fleet?.changedAt ?? null };
}
