import { z } from "zod";
import { idSchema } from "../ids.ts";
import { metricsReportSchema, securityReportSchema, stateReportSchema } from "./reports.ts";

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
