import { type Enrolled, enrolledSchema } from "@flotilla/contracts";
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

export async function readIdentity(paths: AgentPaths): Promise<Identity | null> {
  const text = await readTextIfThere(paths.fs, paths.identity);
  return text === null ? null : identitySchema.parse(JSON.parse(text));
}

export async function writeIdentity(paths: AgentPaths, identity: Identity): Promise<void> {
  await writeFileAtomic(paths.fs, paths.identity, JSON.stringify(identity), SECRET);
  await paths.fs.remove(paths.enrolment);
}

/** The identity with what a renewal or an enrolment answered. */
export function withAnswer(privateKeyPem: string, serverCaPem: string, server: string, answer: Enrolled): Identity {
  return { ...answer, privateKeyPem, serverCaPem, server };
}

const keyFileSchema = z.object({ privateKeyPem: z.string() });

/** The key of an enrolment under way: the same one is used until it is answered, however often the agent restarts. */
export async function loadEnrolmentKey(paths: AgentPaths, create: () => string): Promise<string> {
  const text = await readTextIfThere(paths.fs, paths.enrolment);
  if (text !== null) return keyFileSchema.parse(JSON.parse(text)).privateKeyPem;
  const privateKeyPem = create();
  await writeFileAtomic(paths.fs, paths.enrolment, JSON.stringify({ privateKeyPem }), SECRET);
  return privateKeyPem;
}

/** Instant (ms) from which the certificate is to be renewed: two thirds of its life. */
export function renewAt(certificatePem: string): number {
  const { validFromDate, validToDate } = new X509Certificate(certificatePem);
  return validFromDate.getTime() + ((validToDate.getTime() - validFromDate.getTime()) * 2) / 3;
}
