import { releaseManifestSchema, stageSpecSchema } from "@flotilla/contracts";
import type { RolloutPreflight } from "@flotilla/contracts/views";
import { chooseVariant, stageTotals, type VariantOffer } from "@flotilla/domain";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { type GroupDevice, listGroupDevices } from "../groups/list-group-devices.ts";
import { offersOf } from "../releases/read-offers.ts";
import { notFound } from "../views/not-found.ts";

export const preflightInput = z.object({ releaseId: z.uuid(), groupId: z.uuid(), stages: z.array(stageSpecSchema).max(20) });

/** What a rollout would do, before it exists: who takes it, who cannot and why, the traffic, the shortest time. Throws NOT_FOUND. */
export async function preflightRollout(
  ctx: ServiceContext,
  actor: Actor,
  input: z.infer<typeof preflightInput>,
): Promise<RolloutPreflight> {
  const { organisationId } = actor;
  const { devices, offers, goldenBytes } = await ctx.db.transaction(async (tx) => {
    const release = await tx.release.findFirst({ where: { id: input.releaseId, organisationId } });
    if (release === null) throw notFound("release");
    const manifest = releaseManifestSchema.safeParse(release.manifest).data;
    const golden = manifest === undefined ? [] : [...manifest.golden.inputs, ...manifest.golden.outputs];
    return {
      devices: await listGroupDevices(tx, organisationId, input.groupId, ctx.clock()),
      offers: await offersOf(tx, release),
      goldenBytes: golden.reduce((sum, file) => sum + file.sizeBytes, 0),
    };
  });
  const plans = devices.map((device) => ({ device, choice: chooseVariant(offers, device.profile) }));
  const fitting = plans.flatMap(({ device, choice }) =>
    "variant" in choice ? [{ device, bytes: choice.variant.sizeBytes + goldenBytes, variant: choice.variant }] : [],
  );
  const downloads = fitting.filter(({ device }) => !holds(device, input.releaseId));
  const totals = stageTotals(input.stages, devices.length);
  return {
    deviceCount: devices.length,
    onlineCount: devices.filter((device) => device.online).length,
    alreadyCurrent: devices.filter((device) => device.runningReleaseId === input.releaseId).length,
    incompatible: plans.flatMap(({ device, choice }) =>
      "refusal" in choice ? [{ deviceId: device.deviceId, name: device.name, reason: choice.refusal }] : [],
    ),
    downloadBytesPerDevice: Math.max(
      0,
      ...(fitting.length > 0 ? fitting.map(({ bytes }) => bytes) : offers.map((offer: VariantOffer) => offer.sizeBytes + goldenBytes)),
    ),
    downloadBytesTotal: downloads.reduce((sum, { bytes }) => sum + bytes, 0),
    stages: input.stages.map((stage, index) => {
      const totalDevices = totals[index] ?? 0;
      return { name: stage.name, newDevices: totalDevices - (totals[index - 1] ?? 0), totalDevices };
    }),
    minimumSeconds: input.stages.reduce((sum, stage) => sum + stage.soakSeconds, 0),
  };
}

/** The release lies in one of its slots: nothing has to be fetched. */
function holds(device: GroupDevice, releaseId: string): boolean {
  return device.runningReleaseId === releaseId || device.standbyReleaseId === releaseId;
}
