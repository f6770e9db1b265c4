import { type ChildProcess, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { chmod, chown, copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createS3BlobStore } from "@flotilla/blob";
import { createDb } from "@flotilla/db";
import { createQueue } from "@flotilla/jobs";
import { createLogger } from "@flotilla/logger";
import type { Actor, ServiceContext } from "@flotilla/services";
import { freePort, runMosquitto } from "../broker/testing/start-mosquitto.ts";
import { patiently } from "../chaos/patiently.ts";
import { prepareReleases } from "../chaos/prepare-releases.ts";
import { rollOut, untilEnded } from "../chaos/roll-out.ts";
import { prepareDemoFleet } from "../prepare-demo-fleet.ts";
import { say } from "../say.ts";
import { type Backing, S3_CREDENTIALS, startBacking } from "./start-backing.ts";
import { NOBODY, runRole, startReady, startRole, stopRole } from "./start-role.ts";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const AGENTS = 2;
const LIMIT_MS = 180_000;
const BUCKET = { bucket: "flotilla", region: "us-east-1" };

const { values } = parseArgs({ options: { roles: { type: "string" }, s3: { type: "string" } } });
if (values.roles === undefined || values.s3 === undefined) {
  say(
    "node apps/standalone/src/smoke/main.ts --roles FOLDER --s3 VERSITYGW: what deploy/assemble.sh made in FOLDER, run as compose runs it; one rollout.",
  );
  process.exitCode = 2;
} else await smoke(path.resolve(values.roles), values.s3);

/** The start commands of the images without Docker: real Postgres, Mosquitto and S3, another user, the documented environment and nothing else. */
async function smoke(roles: string, s3Binary: string): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "flotilla-smoke-"));
  await chmod(folder, 0o755);
  const running: ChildProcess[] = [];
  const backing = await startBacking(folder, s3Binary);
  const broker = { stop: async (): Promise<void> => await Promise.resolve() };
  try {
    const state = await run(folder, roles, backing, running, broker);
    say(`smoke: the rollout over ${AGENTS} agents, two gateways and two workers: ${state}`);
    if (state !== "COMPLETED") process.exitCode = 1;
  } finally {
    await Promise.all(running.toReversed().map(async (child) => await stopRole(child, "SIGTERM")));
    await broker.stop();
    await backing.stop();
    if (process.exitCode === 1) say(`Logs are left in ${folder}/logs`);
    else await rm(folder, { recursive: true, force: true });
  }
}

async function run(
  folder: string,
  roles: string,
  backing: Backing,
  running: ChildProcess[],
  stopping: { stop(): Promise<void> },
): Promise<string> {
  const at = (name: string): string => path.join(folder, name);
  for (const name of ["logs", "secrets", "broker", "trust", "tmp"]) {
    await mkdir(at(name));
    if (process.getuid?.() === 0 && name !== "logs") await chown(at(name), NOBODY, NOBODY);
  }
  await copyFile(process.execPath, at("node"));
  const { accessKeyId, secretAccessKey } = S3_CREDENTIALS;
  const store = {
    S3_ENDPOINT: backing.s3Url,
    S3_BUCKET: BUCKET.bucket,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
  const common = { DATABASE_URL: backing.databaseUrl, ...store, SECRETS_DIR: at("secrets"), TMPDIR: at("tmp") };
  const role = (name: string, of: "gateway" | "worker", file: string, env: Record<string, string> = {}) => ({
    ...{ name, folder: path.join(roles, of), file, logs: at("logs"), node: at("node"), env: { ...common, ...env } },
  });
  const initEnv = { BROKER_SECRETS_DIR: at("broker"), TRUST_DIR: at("trust"), BROKER_NAMES: "localhost" };
  const init = role("init", "gateway", "apps/gateway/src/init/main.ts", initEnv);
  await runRole(init);
  await runRole({ ...init, name: "init-again" });
  const mosquitto = await runMosquitto(at("broker"));
  stopping.stop = async () => await mosquitto.stop("SIGTERM");
  const ports = [await freePort(), await freePort()];
  for (const [index, port] of ports.entries()) {
    const env = { BROKER_URL: mosquitto.url, BROKER_CRL_FILE: `${at("broker")}/revoked.crl`, GATEWAY_PORT: String(port) };
    running.push(await startReady(role(`gateway-${index + 1}`, "gateway", "apps/gateway/dist/main.js", env), "gateway listens"));
  }
  for (const index of [1, 2]) running.push(startRole(role(`worker-${index}`, "worker", "apps/worker/dist/main.js")));
  return await driveRollout(backing, { ports, running, trust: at("trust"), devices: at("devices") });
}

interface Fleet {
  ports: readonly number[];
  running: ChildProcess[];
  trust: string;
  devices: string;
}

/** Through the use cases that the dashboard calls, since it is not started here: the sample model becomes a release and goes to real agents. */
async function driveRollout(backing: Backing, fleet: Fleet): Promise<string> {
  const logger = createLogger("smoke", "silent");
  const db = createDb({ url: backing.databaseUrl, maxConnections: 4 });
  const queue = createQueue({ url: backing.databaseUrl, logger });
  const blob = createS3BlobStore({
    ...BUCKET,
    endpoint: backing.s3Url,
    credentials: S3_CREDENTIALS,
    cacheDirectory: `${fleet.devices}-cache`,
  });
  const ctx: ServiceContext = { db, blob, queue, clock: () => new Date(), logger };
  await queue.start();
  try {
    const { id: organisationId } = await db.prisma.organization.findFirstOrThrow();
    const actor: Actor = { userId: "smoke", name: "smoke", organisationId, role: "owner" };
    await startAgents(fleet, (await prepareDemoFleet(ctx, { organisationId, missing: AGENTS })) ?? "");
    await patiently("the agents are online", LIMIT_MS, async () =>
      (await db.prisma.deviceStatus.count({ where: { online: true } })) === AGENTS ? true : null,
    );
    const [releaseId] = await prepareReleases(ctx, actor);
    return await untilEnded(ctx, await rollOut(ctx, actor, releaseId, "Smoke"), LIMIT_MS);
  } finally {
    await queue.stop();
    await db.close();
  }
}

/** Each enrols at another gateway. */
async function startAgents({ ports, running, trust, devices }: Fleet, token: string): Promise<void> {
  const fingerprint = new X509Certificate(await readFile(path.join(trust, "ca.pem"))).fingerprint256.replaceAll(":", "").toLowerCase();
  for (let index = 0; index < AGENTS; index += 1) {
    const server = `https://localhost:${ports[index % ports.length]}`;
    const args = ["--server", server, "--ca-fingerprint", fingerprint, "--data", `${devices}/${index}`, "--name", `smoke-${index}`];
    const agent = path.join(ROOT, "apps/agent/dist/agent.js");
    running.push(
      spawn(process.execPath, [agent, ...args], { env: { PATH: process.env["PATH"] ?? "", AGENT_TOKEN: token }, stdio: "ignore" }),
    );
  }
}
