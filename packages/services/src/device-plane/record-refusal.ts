import { type BrokerRefusal, type ErrorCode, idSchema } from "@flotilla/contracts";
import type { ServiceContext } from "../context.ts";
import { recordSecurityEvent } from "./record-security-event.ts";

const TRIED = {
  publish: (target: string) => `It tried to publish on ${target}, which is not its own topic; the broker refused it.`,
  subscribe: (target: string) => `It tried to listen to ${target}, which is not its own topic; the broker refused it.`,
  connect: (target: string) => `It tried to connect to the broker as ${target}; the broker refused it.`,
} as const satisfies Record<BrokerRefusal["action"], (target: string) => string>;

/** Refusals whose reason is not what was asked for. */
const REASONS: Partial<Record<ErrorCode, string>> = {
  DEVICE_REVOKED: "It was revoked and still tried to connect to the broker; it was refused.",
  CERTIFICATE_REPLACED:
    "It tried to connect to the broker with a certificate that was replaced by a newer one; it was refused. Somebody may have a copy of the old key: revoke the device if nobody of yours does.",
};

/** Shows what the broker refused with the device that tried it. A refusal of somebody unknown is only logged. */
export async function recordRefusal(ctx: ServiceContext, refusal: BrokerRefusal): Promise<void> {
  const [device] = idSchema.safeParse(refusal.identity).success
    ? await ctx.db.query<{ organisationId: string }>(`SELECT "organisationId" FROM device WHERE id = $1::uuid`, [refusal.identity])
    : [];
  if (device === undefined) {
    ctx.logger.warn({ refusal }, "the broker refused somebody who is no device of ours");
    return;
  }
  const identity = { deviceId: refusal.identity, organisationId: device.organisationId };
  const code = refusal.code ?? "FORBIDDEN";
  const message = REASONS[code] ?? TRIED[refusal.action](refusal.target.slice(0, 200));
  await recordSecurityEvent(ctx, identity, { code, message, target: `${refusal.action} ${refusal.target}` });
}
