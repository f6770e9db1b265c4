import { z } from "zod";

/**
 * "Something changed": sent by Postgres NOTIFY inside the transaction that changed it, relayed to open tabs by SSE.
 * Carries no data: the tab asks again for what it shows.
 */
export const liveTopics = [
  "upload",
  "model",
  "data-set",
  "job",
  "job-log",
  "graph-view",
  "target-report",
  "release",
  "device",
  "group",
  "rollout",
  "settings",
  "demo",
] as const;
export const liveEventSchema = z.object({
  organisationId: z.uuid(),
  topic: z.enum(liveTopics),
  /** The row that changed; absent where many did. */
  id: z.string().optional(),
});
export type LiveEvent = z.infer<typeof liveEventSchema>;
