import { z } from "zod";
import { idSchema } from "../ids.ts";

/** Payloads of the job queue: ids only; the rows hold the rest. Fields may be added as optional, never changed. */
export const JOBS = {
  "inspect-upload": { schema: z.object({ organisationId: idSchema, uploadId: idSchema }), timeoutSeconds: 120 },
  optimise: { schema: z.object({ organisationId: idSchema, jobId: idSchema }), timeoutSeconds: 3600 },
  search: { schema: z.object({ organisationId: idSchema, jobId: idSchema }), timeoutSeconds: 7200 },
  validate: { schema: z.object({ organisationId: idSchema, jobId: idSchema }), timeoutSeconds: 3600 },
  "draw-graph": { schema: z.object({ organisationId: idSchema, graphViewId: idSchema }), timeoutSeconds: 120 },
  "report-targets": { schema: z.object({ organisationId: idSchema, targetReportId: idSchema }), timeoutSeconds: 120 },
  "build-release": { schema: z.object({ organisationId: idSchema, releaseId: idSchema }), timeoutSeconds: 600 },
} as const satisfies Record<string, { schema: z.ZodType; timeoutSeconds: number }>;

export type JobName = keyof typeof JOBS;
export type JobPayload<T extends JobName> = z.infer<(typeof JOBS)[T]["schema"]>;
