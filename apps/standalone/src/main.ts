import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { EmbeddedPostgres } from "@flotilla/db/embedded";
import { SIMULATED_TAG } from "@flotilla/services";
import { choosePorts } from "./choose-ports.ts";
import { DemoFleet } from "./demo-fleet.ts";
import { claim, type DataDirectory, keepSecret, layOut } from "./data-directory.ts";
import { openServices } from "./open-services.ts";
import { parseOptions, type StandaloneOptions } from "./options.ts";
import { prepareData } from "./prepare-data.ts";
import { deviceProcess, postgresProcess, type StackSettings, serverProcesses } from "./processes.ts";
import { say, step } from "./say.ts";
import { shownHost } from "./shown-host.ts";
import { Supervisor } from "./supervisor.ts";
import { writePortsFile } from "./write-ports-file.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

const options = parseOptions(process.argv[2], ROOT);
const directory = layOut(options.dataDirectory);
const stopped = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopped.abort());

try {
  await run(options, directory);
} catch (error) {
  say(`\n✗ ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

/** Starts the whole stack, waits for Ctrl-C, stops it. */
async function run(options: StandaloneOptions, directory: DataDirectory): Promise<void> {
  const release = await claim(directory);
  const supervisor = new Supervisor({ logDirectory: directory.logs, say });
  let stopFollowing: (() => Promise<void>) | null = null;
  try {
    stopFollowing = await startAll(supervisor, options, directory);
    if (!stopped.signal.aborted) await new Promise((resolve) => stopped.signal.addEventListener("abort", resolve, { once: true }));
  } finally {
    say("\nStopping …");
    await stopFollowing?.();
    await supervisor.stop();
    await release();
    say("Stopped. The data stays in " + (path.relative(process.cwd(), directory.root) || "."));
  }
}

/** @returns stops following what the dashboard asks for; null where the start was cut short */
async function startAll(
  supervisor: Supervisor,
  options: StandaloneOptions,
  directory: DataDirectory,
): Promise<(() => Promise<void>) | null> {
  const { ports, notes } = await choosePorts(directory.portsFile, { web: options.port, host: options.host });
  for (const note of notes) say(`  ${note}`);
  const postgres = new EmbeddedPostgres({
    directory: directory.postgres,
    port: ports.postgres,
    password: await keepSecret(directory, "postgres-password"),
  });
  if (options.reset) await reset(directory, postgres);

  const shown = shownHost(options.host);
  const settings: StackSettings = {
    root: ROOT,
    directory,
    ports,
    host: options.host,
    databaseUrl: postgres.url("flotilla"),
    authSecret: await keepSecret(directory, "auth-secret"),
    webUrl: `http://${shown}:${ports.web}`,
    gatewayUrl: `https://${shown}:${ports.gateway}`,
  };
  let prepared: Awaited<ReturnType<typeof prepareData>> | null = null;
  await step("database", async () => {
    await postgres.initialise();
    await supervisor.start(postgresProcess(postgres));
    prepared = await prepareData({
      adminUrl: postgres.url("postgres"),
      databaseUrl: settings.databaseUrl,
      directory,
      devices: options.devices,
    });
    return prepared.migrations === 0 ? "" : `${prepared.migrations} migrations applied`;
  });
  if (prepared === null) return null;
  const { setupToken, devices, caFingerprint, images, organisationId } = prepared as Awaited<ReturnType<typeof prepareData>>;
  for (const process of serverProcesses(settings)) {
    if (stopped.signal.aborted) return null;
    await step(process.name, () => supervisor.start(process).then(() => ""));
  }
  // Only ports that worked are remembered.
  await writePortsFile(directory.portsFile, ports);
  await step(`${devices.length} demo devices`, async () => {
    for (const device of devices) await supervisor.start(deviceProcess(settings, { ...device, caFingerprint, images }));
    return "";
  });
  const { ctx, close } = openServices(settings.databaseUrl, directory);
  const demoFleet = new DemoFleet({
    ...{ supervisor, ctx, organisationId, databaseUrl: settings.databaseUrl, directory: directory.devices },
    toProcess: (device) =>
      deviceProcess(settings, { ...device, caFingerprint, images, tags: [`${SIMULATED_TAG.key}=${SIMULATED_TAG.value}`] }),
  });
  await demoFleet.start();
  say(`\n  Flotilla is at ${settings.webUrl}`);
  if (setupToken !== null) say(`  You are its first visitor: become its owner at ${settings.webUrl}/setup?token=${setupToken}`);
  say("  Ctrl-C stops it.\n");
  return async () => {
    await demoFleet.stop();
    await close();
  };
}

async function reset(directory: DataDirectory, postgres: EmbeddedPostgres): Promise<void> {
  await step("reset", async () => {
    await postgres.destroy();
    await Promise.all(
      [directory.blobs, directory.uploads, directory.devices].map((folder) => rm(folder, { recursive: true, force: true })),
    );
    await Promise.all([directory.blobs, directory.uploads, directory.devices].map((folder) => mkdir(folder, { recursive: true })));
    return "everything in it is gone";
  });
}
