import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

const identitySchema = z.object({ deviceId: z.uuid() });

/** Which device a data directory of the agent belongs to; null where it has not enrolled. One that holds a certificate needs no token any more. */
export async function readDeviceId(directory: string): Promise<string | null> {
  const text = await readFile(path.join(directory, "identity", "identity.json"), "utf8").catch(() => null);
  return text === null ? null : identitySchema.parse(JSON.parse(text)).deviceId;
}
