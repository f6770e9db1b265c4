import { z } from "zod";
import { weekdays } from "./weekdays.ts";

/** One stage: how many devices of the group have it when the stage is over, counted from the start of the rollout. */
export const stageSpecSchema = z.object({
  name: z.string().min(1).max(60),
  target: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("count"), count: z.number().int().min(1).max(1_000_000) }),
    z.object({ kind: z.literal("percent"), percent: z.number().gt(0).max(100) }),
  ]),
  /** How long the devices of the stage must hold before the next one starts. */
  soakSeconds: z
    .number()
    .int()
    .min(0)
    .max(30 * 86_400),
  /** After this long, devices that were not reached no longer block the stage. */
  deadlineSeconds: z
    .number()
    .int()
    .min(1)
    .max(90 * 86_400),
  /** true: a person must promote to the next stage even when every gate holds. */
  manual: z.boolean().default(false),
});
export type StageSpec = z.infer<typeof stageSpecSchema>;

/** Gates that decide whether the next stage starts. null switches one off. */
export const rolloutGatesSchema = z.object({
  /** Largest share of devices that may end ROLLED_BACK, FAILED or TIMED_OUT, judged by the lower bound of its 95 % Wilson interval. */
  failureRateMax: z.number().min(0).max(1).nullable(),
  /** Devices with an outcome before any gate may pass or, for the failure rate, fail. A stage smaller than this is judged on all of its devices. */
  minimumSample: z.number().int().min(1).max(100_000),
  goldenAgreementMin: z.number().min(0).max(1).nullable(),
  latencyP95MaxRatio: z.number().positive().nullable(),
  memoryMaxRatio: z.number().positive().nullable(),
});
export type RolloutGates = z.infer<typeof rolloutGatesSchema>;

/** How fast devices get the release, within the stage at work. */
export const rolloutPaceSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("constant"), perMinute: z.number().int().min(1).max(1_000_000) }),
  /** `startPerMinute`, times `factor` after every `everySeconds`, and never more than `maxPerMinute`. */
  z.object({
    kind: z.literal("exponential"),
    startPerMinute: z.number().int().min(1).max(1_000_000),
    factor: z.number().gt(1).max(10),
    everySeconds: z.number().int().min(1).max(86_400),
    maxPerMinute: z.number().int().min(1).max(1_000_000),
  }),
]);
export type RolloutPace = z.infer<typeof rolloutPaceSchema>;

const timeOfDay = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, "a time of day is HH:MM, from 00:00 to 23:59");

/** When a device may begin, in its own time zone (its tag `timeZone`, an IANA name; UTC without one). `to` at or before `from` is on the next day. */
export const maintenanceWindowSchema = z.object({ days: z.array(z.enum(weekdays)).min(1).max(7), from: timeOfDay, to: timeOfDay });
export type MaintenanceWindow = z.infer<typeof maintenanceWindowSchema>;

/** How a rollout goes about it, besides its stages and gates. Every field has a default, so that older rollouts stay valid. */
export const rolloutOptionsSchema = z.object({
  /** null: as fast as waves go. */
  pace: rolloutPaceSchema.nullable().default(null),
  /** The pace of a revert. */
  revertPace: rolloutPaceSchema.nullable().default(null),
  /** Empty: at any time. */
  windows: z.array(maintenanceWindowSchema).max(20).default([]),
  /** How long a device that is online may take, where less than its stage's deadline; null: that deadline. */
  deviceTimeoutSeconds: z
    .number()
    .int()
    .min(1)
    .max(90 * 86_400)
    .nullable()
    .default(null),
  /** How often a device that failed is tried again by itself, and after how long: twice as long before each further time. */
  retries: z
    .object({ limit: z.number().int().min(0).max(10), backoffSeconds: z.number().int().min(1).max(86_400) })
    .default({ limit: 0, backoffSeconds: 60 }),
  /** Devices that come into the group while the rollout runs join it. */
  joinNewDevices: z.boolean().default(false),
  /** Takes devices with the tag `exclusive` = `true` too, which no other rollout takes. */
  takesExclusiveDevices: z.boolean().default(false),
});
export type RolloutOptions = z.infer<typeof rolloutOptionsSchema>;

export const rolloutGateNames = ["failure-rate", "golden-agreement", "latency-p95", "memory"] as const;
export type RolloutGateName = (typeof rolloutGateNames)[number];

/** A gate's tile: what was measured, how sure we are, and what follows. */
export const gateReadingSchema = z.object({
  gate: z.enum(rolloutGateNames),
  verdict: z.enum(["holds", "fails", "waiting", "off"]),
  value: z.number().nullable(),
  /** 95 % interval where one can be given. */
  interval: z.tuple([z.number(), z.number()]).nullable(),
  limit: z.number().nullable(),
  sampleCount: z.number().int(),
  neededCount: z.number().int(),
});
export type GateReading = z.infer<typeof gateReadingSchema>;

/** A filter over devices in the filter language (docs/filters.md): what groups store and addresses carry. The empty one is every device. Postgres takes no NUL. */
export const filterTextSchema = z
  .string()
  .max(4000)
  .refine((text) => !text.includes("\u0000"), "a filter has no NUL character");

/**
 * What the decision log stores: a kind with its numbers, so that each language can say it as a sentence. `message` is the English one, for logs and the API.
 */
export const decisionSchema = z.object({
  kind: z.string(),
  message: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type Decision = z.infer<typeof decisionSchema>;
