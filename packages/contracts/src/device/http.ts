import { z } from "zod";
import { errorCodes } from "../errors.ts";
import { idSchema } from "../ids.ts";
import { envelopeSchema, manifestVariantSchema, releaseFileSchema, trustedKeySchema } from "../manifest.ts";
import { deviceProfileSchema } from "./profile.ts";
import { reportSchema } from "./reports.ts";

/** `POST /device/v1/enrol`. With a token: 201 at once. Without: 202 until a person accepts, polled with the same CSR. */
export const enrolRequestSchema = z.object({
  csrPem: z.string().max(16_384),
  token: z.string().max(256).optional(),
  /** A name to show until a person gives another: the host name. */
  name: z.string().min(1).max(120),
  profile: deviceProfileSchema,
  tags: z.record(z.string().max(64), z.string().max(256)).default({}),
});
export type EnrolRequest = z.infer<typeof enrolRequestSchema>;

export const enrolledSchema = z.object({
  status: z.literal("enrolled"),
  deviceId: idSchema,
  certificatePem: z.string(),
  caPem: z.string(),
  /** `mqtts://host:port`, null where no broker is configured. */
  brokerUrl: z.string().nullable(),
  trustedKeys: z.array(trustedKeySchema),
});
export type Enrolled = z.infer<typeof enrolledSchema>;

export const pendingSchema = z.object({
  status: z.literal("pending"),
  /** Shown on both sides so that a person can tell which device asks: six characters out of the key's hash. */
  fingerprint: z.string(),
  retryAfterSeconds: z.number().int().positive(),
});

export const enrolResponseSchema = z.discriminatedUnion("status", [enrolledSchema, pendingSchema]);
export type EnrolResponse = z.infer<typeof enrolResponseSchema>;

/** `POST /device/v1/renew`, over mutual TLS. */
export const renewRequestSchema = z.object({ csrPem: z.string().max(16_384), profile: deviceProfileSchema });

/** `GET /device/v1/assignment` 200. The ETag is `"<seq>"`. */
export const assignmentSchema = z.object({
  seq: z.number().int().positive(),
  rolloutId: idSchema.nullable(),
  releaseId: idSchema,
  variant: manifestVariantSchema,
  envelope: envelopeSchema,
  /** Every file this device needs: the variant's model and the golden set. */
  artifacts: z.array(releaseFileSchema),
});
export type Assignment = z.infer<typeof assignmentSchema>;

/** `POST /device/v1/reports`: the same reports as on MQTT, oldest first. */
export const reportsRequestSchema = z.object({ reports: z.array(reportSchema).max(500) });
export const reportsResponseSchema = z.object({ accepted: z.number().int() });

export const deviceErrorSchema = z.object({ code: z.enum(errorCodes), message: z.string(), retryAfterSeconds: z.number().optional() });
export type DeviceErrorBody = z.infer<typeof deviceErrorSchema>;
