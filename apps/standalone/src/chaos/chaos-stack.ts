import { EmbeddedPostgres } from "@flotilla/db/embedded";
import type { ServiceContext } from "@flotilla/services";
import { choosePorts } from "../choose-ports.ts";
import { type DataDirectory, keepSecret } from "../data-directory.ts";
import { openServices } from "../open-services.ts";
import { prepareData } from "../prepare-data.ts";
import { deviceProcess, postgresProcess, serverProcesses, type StackSettings } from "../processes.ts";
import { say, step } from "../say.ts";
import { Supervisor } from "../supervisor.ts";
import { mosquittoProcess } from "./mosquitto-process.ts";

/** Agents that start at the same time: their first look at the machine loads a runtime, which takes a core each. */
const AT_ONCE = 8;

export interface ChaosStack {
  supervisor: Supervisor;
  ctx: ServiceContext;
  organisationId: string;
  agents: readonly string[];
  stop(): Promise<void>;
}

export interface ChaosStackOptions {
  root: string;
  directory: DataDirectory;
  agents: number;
  /** `mosquitto`: this machine's, in the place of the embedded one. */
  broker: "embedded" | "mosquitto";
}

/** The embedded stack without the dashboard, and `agents` real agents that enrol as any device does. */
export async function startChaosStack(options: ChaosStackOptions): Promise<ChaosStack> {
  const { root, directory, agents } = options;
  const supervisor = new Supervisor({ logDirectory: directory.logs, say });
  const { ports } = await choosePorts(directory.portsFile, { web: undefined, host: "127.0.0.1" });
  const postgres = new EmbeddedPostgres({
    directory: directory.postgres,
    port: ports.postgres,
    password: await keepSecret(directory, "postgres-password"),
  });
  const settings: StackSettings = {
    ...{ root, directory, ports, host: "127.0.0.1", authSecret: "no dashboard", webUrl: `http://localhost:${ports.web}` },
    ...{ databaseUrl: postgres.url("flotilla"), gatewayUrl: `https://localhost:${ports.gateway}` },
  };
  await postgres.initialise();
  await supervisor.start(postgresProcess(postgres));
  const databaseUrl = settings.databaseUrl;
  const { devices, ...prepared } = await prepareData({ adminUrl: postgres.url("postgres"), databaseUrl, directory, devices: agents });
  const other = options.broker === "mosquitto" ? await mosquittoProcess(directory.secrets, ports.broker) : null;
  for (const spec of serverProcesses(settings).filter(({ name }) => name !== "web"))
    await supervisor.start(spec.name === "broker" && other !== null ? other : spec);
  const { ctx, queue, close } = openServices(databaseUrl, directory, "silent");
  await queue.start();
  await step(`${agents} agents`, async () => {
    const specs = devices.map((device) => deviceProcess(settings, { ...device, caFingerprint: prepared.caFingerprint, images: null }));
    for (let from = 0; from < specs.length; from += AT_ONCE) {
      const batch = specs.slice(from, from + AT_ONCE);
      for (const spec of batch) await supervisor.start(spec);
      await untilKnown(ctx, from + batch.length);
    }
    return "";
  });
  return {
    ...{ supervisor, ctx, organisationId: prepared.organisationId, agents: devices.map(({ name }) => name) },
    stop: async () => {
      await queue.stop();
      await close();
      await supervisor.stop();
      await postgres.destroy();
    },
  };
}

async function untilKnown(ctx: ServiceContext, count: number): Promise<void> {
  for (;;) {
    const [row] = await ctx.db.query<{ online: number }>(`SELECT count(*) AS "online" FROM "device_status" WHERE "online"`);
    if ((row?.online ?? 0) >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
