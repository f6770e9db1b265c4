import { type Enrolled, enrolledSchema } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import { X509Certificate } from "node:crypto";
import { z } from "zod";
import type { AgentPaths } from "./agent-paths.ts";
import { readTextIfThere, writeFileAtomic } from "./atomic-file.ts";

const SECRET = 0o600;

/** Who this device is: one file, so that a key and its certificate are never torn apart. */
export const identitySchema = enrolledSchema.extend({
  privateKeyPem: z.string(),
  /** The server's CA as it was pinned at first contact. */
  serverCaPem: z.string(),
  server: z.string(),
});
export type Identity = z.infer<typeof identitySchema>;

/** null where there is none, or one that cannot be read: that one is put aside, and the device has to be taken in anew. */
export async function readIdentity(paths: AgentPaths, now: number, logger: Logger): Promise<Identity | null> {
  const text = await readTextIfThere(paths.fs, paths.identity);
  const identity = text === null ? null : parseWith(identitySchema, text);
  if (text === null || identity !== null) return identity;
  const aside = `${paths.identity}.broken-${now}`;
  await paths.fs.rename(paths.identity, aside);
  logger.error({ aside }, "the device's identity could not be read: it is put aside, and the device enrols anew");
  return null;
}

export async function writeIdentity(paths: AgentPaths, identity: Identity): Promise<void> {
  await writeFileAtomic(paths.fs, paths.identity, JSON.stringify(identity), SECRET);
  await paths.fs.remove(paths.renewal);
}

/** The identity with what a renewal or an enrolment answered. */
export function withAnswer(privateKeyPem: string, serverCaPem: string, server: string, answer: Enrolled): Identity {
  return { ...answer, privateKeyPem, serverCaPem, server };
}

const keyFileSchema = z.object({ privateKeyPem: z.string() });

/** The key of a request under way: the same one is used until it is answered, however often the agent restarts. */
export async function loadKey(paths: AgentPaths, file: string, create: () => string): Promise<string> {
  const known = await readKey(paths, file);
  if (known !== null) return known;
  const privateKeyPem = create();
  await writeKey(paths, file, privateKeyPem);
  return privateKeyPem;
}

/** null where there is none, or one that cannot be read: it was never answered. */
export async function readKey(paths: AgentPaths, file: string): Promise<string | null> {
  const text = await readTextIfThere(paths.fs, file);
  return text === null ? null : (parseWith(keyFileSchema, text)?.privateKeyPem ?? null);
}

export async function writeKey(paths: AgentPaths, file: string, privateKeyPem: string): Promise<void> {
  await writeFileAtomic(paths.fs, file, JSON.stringify({ privateKeyPem }), SECRET);
}

function parseWith<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Instant (ms) from which the certificate is to be renewed: two thirds of its life. */
export function renewAt(certificatePem: string): number {
  const { validFromDate, validToDate } = new X509Certificate(certificatePem);
  return validFromDate.getTime() + ((validToDate.getTime() - validFromDate.getTime()) * 2) / 3;
}
