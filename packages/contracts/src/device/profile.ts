import { z } from "zod";
import { variantFormatSchema } from "../file-tensors.ts";

/** Several of them are keys of an index (migration 0023), which takes texts of up to 2.7 kB. */
const word = z.string().max(200);
/** Nobody has more; a device that says so is not believed. */
const MOST = 32;

/** What a device can run, as its agent probed it. */
export const deviceProfileSchema = z.object({
  /** A slug such as `linux-x64-cpu`; what a variant's `profiles` names. */
  name: z.string().min(1).max(64),
  arch: word,
  os: word,
  cpuModel: word,
  cpuCount: z.number().int().positive(),
  cpuFlags: z.array(word).max(64),
  memoryBytes: z.number().int().nonnegative(),
  diskFreeBytes: z.number().int().nonnegative(),
  runtimes: z
    .array(
      z.object({
        name: word,
        version: word,
        providers: z.array(word).max(MOST),
        maxOpset: z.number().int(),
        /** Formats of the files that it loads. Absent from agents that are older than the choice: ONNX. */
        formats: z.array(variantFormatSchema).optional(),
      }),
    )
    .max(MOST),
  agentVersion: word,
});
export type DeviceProfile = z.infer<typeof deviceProfileSchema>;
