import { z } from "zod";
import { variantFormatSchema } from "./file-tensors.ts";
import { idSchema, instantSchema, sha256Schema } from "./ids.ts";
import { preprocessingSchema, tensorSpecSchema } from "./model-card.ts";

/** A file of a release: the agent fetches it by digest and refuses a byte more than `sizeBytes`. */
export const releaseFileSchema = z.object({
  /** A plain file name: it becomes a path inside a slot. */
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}$/),
  sha256: sha256Schema,
  sizeBytes: z.number().int().positive(),
});
export type ReleaseFile = z.infer<typeof releaseFileSchema>;

/** The on-device gates that the probe checks after activation. Ratios are against the release that runs beside it; null switches a gate off. */
export const deviceGatesSchema = z.object({
  /** Share of golden inputs whose top-1 class (or, without classes, allclose) equals the source model's. */
  goldenAgreementMin: z.number().min(0).max(1).nullable(),
  latencyP95MaxMs: z.number().positive().nullable(),
  latencyP95MaxRatio: z.number().positive().nullable(),
  memoryMaxBytes: z.number().int().positive().nullable(),
  memoryMaxRatio: z.number().positive().nullable(),
});
export type DeviceGates = z.infer<typeof deviceGatesSchema>;

export const manifestVariantSchema = z.object({
  id: idSchema,
  name: z.string(),
  /** The model file in `files`. */
  model: releaseFileSchema,
  runtime: z.enum(["onnxruntime", "tflite"]),
  /** Of the model file. Absent from manifests that are older than the choice: ONNX. */
  format: variantFormatSchema.optional(),
  opset: z.number().int(),
  /** Empty: any profile may run it. */
  profiles: z.array(z.string()),
  predictedMemoryBytes: z.number().int().nonnegative(),
});
export type ManifestVariant = z.infer<typeof manifestVariantSchema>;

export const RELEASE_PAYLOAD_TYPE = "application/vnd.flotilla.release+json";

/** What a release's signature covers: the payload of its DSSE envelope. */
export const releaseManifestSchema = z.object({
  schemaVersion: z.literal(1),
  releaseId: idSchema,
  organisationId: idSchema,
  /** The model line's id and its name, which is also the Open Inference Protocol model name on the device. */
  modelId: idSchema,
  modelName: z.string(),
  version: z.number().int().positive(),
  /** Grows by one with every release of the model line; an agent refuses a lower one than it has confirmed. */
  counter: z.number().int().positive(),
  createdAt: instantSchema,
  inputs: z.array(tensorSpecSchema),
  outputs: z.array(tensorSpecSchema),
  preprocessing: preprocessingSchema.nullable(),
  labels: z.array(z.string()),
  variants: z.array(manifestVariantSchema).min(1),
  /** `golden.inputs[i]` and `golden.outputs[j]` are `.npy` files, first axis = sample, in the order of `inputs` and `outputs`. */
  golden: z.object({ count: z.number().int().positive(), inputs: z.array(releaseFileSchema), outputs: z.array(releaseFileSchema) }),
  gates: deviceGatesSchema,
});
export type ReleaseManifest = z.infer<typeof releaseManifestSchema>;

/** Dead Simple Signing Envelope, DSSE v1.0.2; `payload` and `sig` are base64. */
export const envelopeSchema = z.object({
  payloadType: z.string(),
  payload: z.string(),
  signatures: z.array(z.object({ keyid: z.string(), sig: z.string() })).min(1),
});
export type Envelope = z.infer<typeof envelopeSchema>;

/** A public key that releases are signed with, pinned by the device at enrolment. */
export const trustedKeySchema = z.object({ keyid: z.string(), algorithm: z.literal("ed25519"), publicKeyPem: z.string() });
export type TrustedKey = z.infer<typeof trustedKeySchema>;
