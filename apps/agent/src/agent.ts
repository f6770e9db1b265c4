import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import type { DeviceProfile } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import { AgentLoop } from "./effects/agent-loop.ts";
import { type AgentPaths, agentPaths } from "./effects/agent-paths.ts";
import { AssignmentPoller } from "./effects/assignment-poller.ts";
import { writeFileAtomic } from "./effects/atomic-file.ts";
import { loadOrEnrol } from "./effects/enrol.ts";
import { createExecutors } from "./effects/executors.ts";
import { createHold } from "./effects/hold.ts";
import { HostWork } from "./effects/host-work.ts";
import { HttpsClient } from "./effects/https-client.ts";
import type { Identity } from "./effects/identity-store.ts";
import { expectsHost, readAssignment, readJournal } from "./effects/journal-store.ts";
import { MqttLink, spreadDelayMs } from "./effects/mqtt-link.ts";
import { prepareSockets } from "./effects/prepare-sockets.ts";
import { probeProfile } from "./effects/probe-profile.ts";
import { ReleaseWork } from "./effects/release-work.ts";
import { startRenewal } from "./effects/renew-identity.ts";
import { startReplay } from "./effects/replay-workload.ts";
import { type LogTail, startLogReports } from "./effects/log-tail.ts";
import { startMetrics } from "./effects/report-metrics.ts";
import { ReportSender } from "./effects/send-reports.ts";
import { rebuildJournal } from "./effects/slot-store.ts";
import { Spool } from "./effects/spool.ts";
import type { AgentOptions } from "./options.ts";
import { Router } from "./runtime/router.ts";

export const AGENT_VERSION = "0.1.0";

export type AgentContext = {
  options: AgentOptions;
  entry: string;
  logger: Logger;
  /** Hears what `logger` writes, for the server. */
  log: LogTail;
  random: () => number;
  clock: () => Date;
};

/** A started agent. `stop` ends it cleanly: hosts, connections, timers. */
export type RunningAgent = { stop: () => Promise<void> };

/** What is there once the device has a place on the disk, an endpoint and an identity. */
type Ground = AgentContext & {
  paths: AgentPaths;
  profile: DeviceProfile;
  router: Router;
  port: number;
  socketDirectory: string;
  /** Replaced by a renewal. */
  holder: { identity: Identity };
  client: HttpsClient;
};

/** Runs the agent: what was confirmed serves within moments, whatever the network says. */
export async function startAgent(context: AgentContext, signal: AbortSignal): Promise<RunningAgent> {
  const { options, entry, logger, random } = context;
  const paths = agentPaths(resolve(options.data));
  const profile = await probeProfile(entry, paths, AGENT_VERSION, options.profile, logger);
  const sockets = await prepareSockets(paths);
  const router = new Router();
  if (await expectsHost(paths)) router.expectHost();
  const port = await router.start(process.platform === "win32" ? null : sockets.agent, options.port);
  await writeFileAtomic(paths.hostInfo, JSON.stringify({ port, socket: sockets.agent, pid: process.pid }));
  logger.info({ port, socket: sockets.agent }, "inference endpoint");
  const identity = await loadOrEnrol({ options, paths, profile, random, logger, signal });
  const client = new HttpsClient(options.server, clientIdentity(identity));
  const agent = await begin({ ...context, paths, profile, router, port, socketDirectory: sockets.directory, holder: { identity }, client });
  return {
    stop: async () => {
      await agent.stop();
      client.close();
      await sockets.dispose();
    },
  };
}

type Parts = ReturnType<typeof assemble>;

/** Makes the parts and ties them together. Nothing moves yet. */
function assemble(ground: Ground) {
  const { options, entry, logger, random, clock, paths, profile, router, socketDirectory, holder, client } = ground;
  const loop = new AgentLoop({ now: () => clock().getTime(), random, logger });
  const dispatch = loop.dispatch.bind(loop);
  const keys = (): Identity["trustedKeys"] => holder.identity.trustedKeys;
  const hold = createHold(options.hold, logger);
  const bootId = randomUUID();
  const { threads, startTimeoutMs, hangTimeoutMs } = options;
  const releases = new ReleaseWork({ paths, profile, client, keys, dispatch, hold, logger });
  const hosts = new HostWork({
    threads,
    startTimeoutMs,
    hangTimeoutMs,
    entry,
    paths,
    socketDirectory,
    router,
    keys,
    dispatch,
    hold,
    logger,
  });
  const spool = new Spool({ directory: paths.spool, bootId, clock, logger, onAppend: () => sender.wake() });
  const poller = new AssignmentPoller({ client, intervalMs: options.pollIntervalMs, random, dispatch, logger });
  const mqtt = new MqttLink({
    bootId,
    random,
    logger,
    onHint: (hint) => {
      if (hint.seq > loop.state.journal.seq) poller.askIn(spreadDelayMs(holder.identity.deviceId, hint));
    },
    onConnect: () => {
      sender.wake(true);
      poller.ask();
      dispatch({ kind: "connected" });
    },
  });
  const sender = new ReportSender({
    spool,
    random,
    logger,
    link: {
      mqtt: {
        isConfigured: () => holder.identity.brokerUrl !== null,
        isConnected: () => mqtt.isConnected(),
        publish: async (report) => await mqtt.publish(report),
      },
      post: async (body) => (await client.json("POST", "/device/v1/reports", { body })).body,
    },
  });
  return { loop, dispatch, keys, releases, hosts, spool, poller, mqtt, sender };
}

/** Reads what is known and sets everything going: first what serves, then the network. */
async function begin(ground: Ground): Promise<RunningAgent> {
  const { options, logger, log, clock, random, paths, profile, port, holder, client, router } = ground;
  const parts = assemble(ground);
  const { loop, dispatch, keys, releases, hosts, spool, poller, mqtt, sender } = parts;
  await spool.start();
  const journal = await readJournal(paths, async () => await rebuildJournal(paths, keys()), clock().getTime(), logger);
  dispatch({ kind: "booted", journal, assignment: await readAssignment(paths) });
  loop.start(createExecutors({ paths, releases, hosts, spool, dispatch }));
  await mqtt.start(holder.identity);
  poller.ask();
  sender.wake();
  const renewed = async (identity: Identity): Promise<void> => {
    holder.identity = identity;
    client.renew(clientIdentity(identity));
    await mqtt.start(identity);
  };
  const ends = [
    startRenewal({ paths, client, profile, clock, random, logger, current: () => holder.identity, renewed }),
    startMetrics(hosts, spool, options.metricsIntervalMs, logger),
    startLogReports(log, spool),
  ];
  if (options.replay !== undefined) {
    ends.push(await startReplay(options.replay, options.replayIntervalMs, port, () => hosts.serving?.manifest ?? null, logger));
  }
  return { stop: async () => await end(parts, ends, router) };
}

async function end({ poller, sender, loop, releases, hosts, mqtt }: Parts, ends: readonly (() => void)[], router: Router): Promise<void> {
  for (const stop of ends) stop();
  poller.stop();
  sender.stop();
  await loop.stop();
  releases.cancel();
  await router.stop();
  await Promise.all([hosts.stopAll(), mqtt.stop()]);
}

function clientIdentity(identity: Identity): { ca: string; cert: string; key: string } {
  return { ca: identity.serverCaPem, cert: identity.certificatePem, key: identity.privateKeyPem };
}
