import { z } from "zod";
import { variantFormatSchema } from "../file-tensors.ts";

/** What a device can run, as its agent probed it. */
export const deviceProfileSchema = z.object({
  /** A slug such as `linux-x64-cpu`; what a variant's `profiles` names. */
  name: z.string().min(1).max(64),
  arch: z.string(),
  os: z.string(),
  cpuModel: z.string(),
  cpuCount: z.number().int().positive(),
  cpuFlags: z.array(z.string()).max(64),
  memoryBytes: z.number().int().nonnegative(),
  diskFreeBytes: z.number().int().nonnegative(),
  runtimes: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      providers: z.array(z.string()),
      maxOpset: z.number().int(),
      /** Formats of the files that it loads. Absent from agents that are older than the choice: ONNX. */
      formats: z.array(variantFormatSchema).optional(),
    }),
  ),
  agentVersion: z.string(),
});
export type DeviceProfile = z.infer<typeof deviceProfileSchema>;
