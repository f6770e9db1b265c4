import { z } from "zod";
import { errorCodes } from "../errors.ts";
import { idSchema, instantSchema } from "../ids.ts";
import { logReportSchema, metricsReportSchema, securityReportSchema, stateReportSchema } from "./reports.ts";

export const hintSchema = z.object({ seq: z.number().int().positive(), spreadSeconds: z.number().int().nonnegative() });
export type Hint = z.infer<typeof hintSchema>;

export const presenceSchema = z.object({ online: z.boolean(), bootId: idSchema });
export type Presence = z.infer<typeof presenceSchema>;

/** Every topic once: its direction, delivery and payload. Topics are keys of this map and nowhere else spelled out. */
export const TOPICS = {
  hint: { suffix: "down/hint", qos: 1, retain: true, schema: hintSchema },
  presence: { suffix: "up/presence", qos: 1, retain: true, schema: presenceSchema },
  state: { suffix: "up/state", qos: 1, retain: false, schema: stateReportSchema },
  metrics: { suffix: "up/metrics", qos: 0, retain: false, schema: metricsReportSchema },
  security: { suffix: "up/security", qos: 1, retain: false, schema: securityReportSchema },
  log: { suffix: "up/log", qos: 1, retain: false, schema: logReportSchema },
} as const satisfies Record<string, { suffix: string; qos: 0 | 1; retain: boolean; schema: z.ZodType }>;

export type TopicName = keyof typeof TOPICS;
export type TopicPayload<T extends TopicName> = z.infer<(typeof TOPICS)[T]["schema"]>;

const PREFIX = "flotilla/v1/d";

/** `topicFor("hint", id)` → `flotilla/v1/d/<id>/down/hint`. */
export function topicFor(name: TopicName, deviceId: string): string {
  return `${PREFIX}/${deviceId}/${TOPICS[name].suffix}`;
}

/** The gateway's subscription for one kind of report from every device. */
export function wildcardFor(name: TopicName): string {
  return `${PREFIX}/+/${TOPICS[name].suffix}`;
}

/** Takes a topic apart; null where it is none of ours. */
export function parseTopic(topic: string): { name: TopicName; deviceId: string } | null {
  const match = /^flotilla\/v1\/d\/([0-9a-f-]{36})\/((?:up|down)\/[a-z]+)$/.exec(topic);
  if (match === null) return null;
  const [, deviceId, suffix] = match;
  for (const name of Object.keys(TOPICS) as TopicName[]) {
    if (TOPICS[name].suffix === suffix && deviceId !== undefined) return { name, deviceId };
  }
  return null;
}

/** Something that the broker refused, so that an operator sees who tried what. */
export const brokerRefusalSchema = z.object({
  /** The certificate's CN: a device id, or what else was presented. */
  identity: z.string().max(200),
  action: z.enum(["connect", "publish", "subscribe"]),
  /** The topic or client id that was asked for. */
  target: z.string().max(1000),
  at: instantSchema,
  /** Why, where it is not the target's fault: the device is revoked, or its certificate was replaced. */
  code: z.enum(errorCodes).optional(),
});
export type BrokerRefusal = z.infer<typeof brokerRefusalSchema>;

export const brokerRevocationsSchema = z.object({
  /** Devices whose certificates have not ended but who may not connect any more. */
  deviceIds: z.array(idSchema).max(100_000),
  /** Per device: its certificates that are valid from before this instant (seconds since 1970) were replaced by a newer one. */
  replacedBefore: z.record(idSchema, z.number().int()).optional(),
});
export type BrokerRevocations = z.infer<typeof brokerRevocationsSchema>;

/** Between the gateway and the embedded broker; no device may read or write them. */
export const BROKER_TOPICS = {
  refusals: { topic: "flotilla/v1/broker/refusals", qos: 1, retain: false, schema: brokerRefusalSchema },
  revocations: { topic: "flotilla/v1/broker/revocations", qos: 1, retain: true, schema: brokerRevocationsSchema },
} as const satisfies Record<string, { topic: string; qos: 0 | 1; retain: boolean; schema: z.ZodType }>;

export type BrokerTopicName = keyof typeof BROKER_TOPICS;
export type BrokerTopicPayload<T extends BrokerTopicName> = z.infer<(typeof BROKER_TOPICS)[T]["schema"]>;

/** The CN of the gateway's client certificate: the one identity that may use every topic. */
export const GATEWAY_IDENTITY = "service:gateway";
