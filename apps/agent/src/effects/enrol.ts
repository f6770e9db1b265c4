import {
  enrolledSchema,
  type DeviceProfile,
  type Enrolled,
  type EnrolResponse,
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
import { type Identity, loadKey, readIdentity, readKey, withAnswer, writeIdentity, writeKey } from "./identity-store.ts";
import { pinServer } from "./pin-server.ts";

/** Answers that no waiting changes. */
const FATAL = new Set(["TOKEN_INVALID", "TOKEN_EXPIRED", "TOKEN_USED_UP", "CSR_INVALID", "DEVICE_REVOKED", "INVALID_INPUT", "FORBIDDEN"]);

export type EnrolContext = {
  options: AgentOptions;
  paths: AgentPaths;
  profile: DeviceProfile;
  random: () => number;
  /** Milliseconds since 1970, by the device's clock. */
  now: () => number;
  logger: Logger;
  signal: AbortSignal;
};

/**
 * The device's identity: read from disk, or asked for. With a token the answer is a certificate; without one the agent asks
 * again, with the same key, until a person accepts it. Network errors are waited out; a refused token throws.
 */
export async function loadOrEnrol(context: EnrolContext): Promise<Identity> {
  const { options, paths, logger } = context;
  const known = await readIdentity(paths, context.now(), logger);
  if (known !== null) return known;
  const serverCaPem = await retry(context, async () => await pinServer(options));
  const privateKeyPem = await loadKey(paths, paths.enrolment, newKey);
  const client = new HttpsClient(options.server, { ca: serverCaPem });
  try {
    const answer = await poll(context, client, requestOf(context, privateKeyPem, options.token));
    const identity = withAnswer(privateKeyPem, serverCaPem, options.server, answer);
    await writeIdentity(paths, identity);
    logger.info({ deviceId: identity.deviceId }, "enrolled");
    return identity;
  } finally {
    client.close();
  }
}

/**
 * A device whose certificate is refused asks to be taken in again. Its own key proves which device it is, also after the certificate has
 * ended; where the server does not know the key, a token or a person decides, as for a new device.
 *
 * @param asOther true where the identity is in use elsewhere: a new key is made, and a person has to accept it, whatever token there is
 */
export async function enrolAgain(context: EnrolContext, current: Identity, asOther: boolean): Promise<Identity> {
  const { options, paths } = context;
  const client = new HttpsClient(options.server, { ca: current.serverCaPem });
  const finish = async (privateKeyPem: string, answer: Enrolled): Promise<Identity> => {
    // What is left of the old identity is cleared away at the next start at the latest: this file says so.
    if (answer.deviceId !== current.deviceId) await writeKey(paths, paths.enrolment, privateKeyPem);
    const identity = withAnswer(privateKeyPem, current.serverCaPem, current.server, answer);
    await writeIdentity(paths, identity);
    return identity;
  };
  try {
    // A renewal whose answer was lost may have given the server the newer key.
    for (const key of asOther ? [] : [current.privateKeyPem, await readKey(paths, paths.renewal)]) {
      const answer = key === null ? null : await askByKey(context, client, key);
      if (key !== null && answer?.status === "enrolled") return await finish(key, answer);
    }
    const key = asOther ? await loadKey(paths, paths.enrolment, newKey) : current.privateKeyPem;
    return await finish(key, await poll(context, client, requestOf(context, key, asOther ? undefined : options.token)));
  } finally {
    client.close();
  }
}

/** Without a token, which may have ended long ago. null where the server wants one to know whose the device is. */
async function askByKey(context: EnrolContext, client: HttpsClient, privateKeyPem: string): Promise<EnrolResponse | null> {
  try {
    return await ask(context, client, requestOf(context, privateKeyPem, undefined));
  } catch (error) {
    if (isFlotillaError(error) && error.code === "TOKEN_INVALID") return null;
    throw error;
  }
}

type Request = { body: object; fingerprint: string };

function requestOf({ options, profile }: EnrolContext, privateKeyPem: string, token: string | undefined): Request {
  const { csrPem, fingerprint } = createCsr(privateKeyPem);
  const tags = Object.fromEntries(options.tags.map((tag) => [tag.slice(0, tag.indexOf("=")), tag.slice(tag.indexOf("=") + 1)]));
  return { body: { csrPem, name: options.name, profile, tags, ...(token === undefined ? {} : { token }) }, fingerprint };
}

function newKey(): string {
  return createDeviceKeyAndCsr().privateKeyPem;
}

async function ask(context: EnrolContext, client: HttpsClient, { body }: Request): Promise<EnrolResponse> {
  return await retry(context, async () =>
    enrolResponseSchema.parse((await client.json("POST", "/device/v1/enrol", { body, signal: context.signal })).body),
  );
}

async function poll(context: EnrolContext, client: HttpsClient, request: Request): Promise<Enrolled> {
  for (;;) {
    const answer = await ask(context, client, request);
    if (answer.status === "enrolled") return answer;
    const fingerprint = answer.fingerprint || request.fingerprint;
    context.logger.info({ fingerprint }, "waiting until a person accepts this device in the dashboard");
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

/** A new key and certificate for the same device. The key is stored before it is sent: an answer that got lost must lock nobody out. */
export async function renewIdentity(paths: AgentPaths, client: HttpsClient, identity: Identity, profile: DeviceProfile): Promise<Identity> {
  const privateKeyPem = await loadKey(paths, paths.renewal, newKey);
  const { csrPem } = createCsr(privateKeyPem);
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
