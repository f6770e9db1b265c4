import {
  enrolledSchema,
  type DeviceProfile,
  type Enrolled,
  enrolResponseSchema,
  FlotillaError,
  isFlotillaError,
} from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import { createCsr, createDeviceKeyAndCsr } from "@flotilla/trust/verify";
import { setTimeout as sleep } from "node:timers/promises";
import { jitteredDelay } from "../core/state.ts";
import type { AgentOptions } from "../options.ts";
import type { AgentPaths } from "./agent-paths.ts";
import { HttpsClient } from "./https-client.ts";
import { type Identity, loadEnrolmentKey, readIdentity, withAnswer, writeIdentity } from "./identity-store.ts";
import { pinServer } from "./pin-server.ts";

/** Answers that no waiting changes. */
const FATAL = new Set(["TOKEN_INVALID", "TOKEN_EXPIRED", "TOKEN_USED_UP", "CSR_INVALID", "DEVICE_REVOKED", "INVALID_INPUT", "FORBIDDEN"]);

export type EnrolContext = {
  options: AgentOptions;
  paths: AgentPaths;
  profile: DeviceProfile;
  random: () => number;
  logger: Logger;
  signal: AbortSignal;
};

/**
 * The device's identity: read from disk, or asked for. With a token the answer is a certificate; without one the agent asks
 * again, with the same key, until a person accepts it. Network errors are waited out; a refused token throws.
 */
export async function loadOrEnrol(context: EnrolContext): Promise<Identity> {
  const { options, paths, profile, logger } = context;
  const known = await readIdentity(paths);
  if (known !== null) return known;
  const serverCaPem = await retry(context, async () => await pinServer(options));
  const privateKeyPem = await loadEnrolmentKey(paths, () => createDeviceKeyAndCsr().privateKeyPem);
  const { csrPem, fingerprint } = createCsr(privateKeyPem);
  const client = new HttpsClient(options.server, { ca: serverCaPem });
  const tags = Object.fromEntries(options.tags.map((tag) => [tag.slice(0, tag.indexOf("=")), tag.slice(tag.indexOf("=") + 1)]));
  const body = { csrPem, name: options.name, profile, tags, ...(options.token === undefined ? {} : { token: options.token }) };
  try {
    const answer = await poll(context, client, body, fingerprint);
    const identity = withAnswer(privateKeyPem, serverCaPem, options.server, answer);
    await writeIdentity(paths, identity);
    logger.info({ deviceId: identity.deviceId }, "enrolled");
    return identity;
  } finally {
    client.close();
  }
}

async function poll(context: EnrolContext, client: HttpsClient, body: object, fingerprint: string): Promise<Enrolled> {
  for (;;) {
    const answer = await retry(context, async () =>
      enrolResponseSchema.parse((await client.json("POST", "/device/v1/enrol", { body, signal: context.signal })).body),
    );
    if (answer.status === "enrolled") return answer;
    context.logger.info({ fingerprint: answer.fingerprint || fingerprint }, "waiting until a person accepts this device in the dashboard");
    await sleep(answer.retryAfterSeconds * 1000 * (0.8 + 0.4 * context.random()), undefined, { signal: context.signal });
  }
}

async function retry<T>(context: EnrolContext, act: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      if (context.signal.aborted || (isFlotillaError(error) && FATAL.has(error.code))) throw error;
      if (isFlotillaError(error) && error.code === "CERTIFICATE_REQUIRED") throw error;
      const delayMs = jitteredDelay(tries, context.random(), 1000, 60_000);
      context.logger.warn({ delayMs, error: error instanceof Error ? error.message : String(error) }, "cannot enrol yet; trying again");
      await sleep(delayMs, undefined, { signal: context.signal });
    }
  }
}

/** A new key and certificate for the same device, stored before they are used. */
export async function renewIdentity(paths: AgentPaths, client: HttpsClient, identity: Identity, profile: DeviceProfile): Promise<Identity> {
  const { privateKeyPem, csrPem } = createDeviceKeyAndCsr();
  const answer = enrolledSchema.parse((await client.json("POST", "/device/v1/renew", { body: { csrPem, profile } })).body);
  if (answer.deviceId !== identity.deviceId) {
    throw new FlotillaError(
      "INTERNAL",
      `The server renewed the certificate of ${answer.deviceId}, but this device is ${identity.deviceId}.`,
    );
  }
  const renewed = withAnswer(privateKeyPem, identity.serverCaPem, identity.server, answer);
  await writeIdentity(paths, renewed);
  return renewed;
}
