import { FlotillaError } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
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
import { probeProfile } from "./effects/probe-profile.ts";
import { ReleaseWork } from "./effects/release-work.ts";
import { startRenewal } from "./effects/renew-identity.ts";
import { startReplay } from "./effects/replay-workload.ts";
import { startMetrics } from "./effects/report-metrics.ts";
import { ReportSender } from "./effects/send-reports.ts";
import { rebuildJournal } from "./effects/slot-store.ts";
import { Spool } from "./effects/spool.ts";
import type { AgentOptions } from "./options.ts";
import { Router } from "./runtime/router.ts";

export const AGENT_VERSION = "0.1.0";
/** Room for the file name inside the 107 bytes that a Unix socket's path may have. */
const MAX_SOCKET_DIRECTORY = 80;

export type AgentContext = { options: AgentOptions; entry: string; logger: Logger; random: () => number; clock: () => Date };

/** A started agent. `stop` ends it cleanly: hosts, connections, timers. */
export type RunningAgent = { stop: () => Promise<void> };

/** Runs the agent: what was confirmed serves within moments, whatever the network says. */
export async function startAgent(context: AgentContext, signal: AbortSignal): Promise<RunningAgent> {
  const { options, entry, logger, random, clock } = context;
  const paths = agentPaths(resolve(options.data));
  const profile = await probeProfile(entry, paths, AGENT_VERSION, options.profile, logger);
  const sockets = await prepareSockets(paths);
  const router = new Router();
  if (await expectsHost(paths)) router.expectHost();
  const port = await router.start(sockets.agent, options.port);
  await writeFileAtomic(paths.hostInfo, JSON.stringify({ port, socket: sockets.agent, pid: process.pid }));
  logger.info({ port, socket: sockets.agent }, "inference endpoint");

  const first = await loadOrEnrol({ options, paths, profile, random, logger, signal });
  const holder: { identity: Identity } = { identity: first };
  const keys = (): Identity["trustedKeys"] => holder.identity.trustedKeys;
  const client = new HttpsClient(options.server, clientIdentity(first));
  const loop = new AgentLoop({ now: () => clock().getTime(), random, logger });
  const dispatch = loop.dispatch.bind(loop);
  const hold = createHold(options.hold, logger);
  const bootId = randomUUID();
  const releases = new ReleaseWork({ paths, profile, client, keys, dispatch, hold, logger });
  const hosts = new HostWork({ ...pick(options), entry, paths, socketDirectory: sockets.directory, router, keys, dispatch, hold, logger });
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
      mqtt: first.brokerUrl === null ? null : { isConnected: () => mqtt.isConnected(), publish: async (report) => await mqtt.publish(report) },
      post: async (body) => (await client.json("POST", "/device/v1/reports", { body })).body,
    },
  });
  await spool.start();
  const journal = await readJournal(paths, async () => await rebuildJournal(paths, keys()), clock().getTime(), logger);
  dispatch({ kind: "booted", journal, assignment: await readAssignment(paths) });
  loop.start(createExecutors({ paths, releases, hosts, spool, dispatch }));
  await mqtt.start(first);
  poller.ask();
  const stopRenewal = startRenewal({ paths, client, profile, clock, random, logger, current: () => holder.identity, renewed: async (identity) => {
    holder.identity = identity;
    client.renew(clientIdentity(identity));
    await mqtt.start(identity);
  } });
  const stopMetrics = startMetrics(hosts, spool, options.metricsIntervalMs, logger);
  const stopReplay = options.replay === undefined ? () => undefined : await startReplay(options.replay, options.replayIntervalMs, port, () => hosts.serving?.manifest ?? null, logger);
  return {
    stop: async () => {
      for (const end of [stopReplay, stopMetrics, stopRenewal]) end();
      poller.stop();
      sender.stop();
      await loop.stop();
      releases.cancel();
      await router.stop();
      await Promise.all([hosts.stopAll(), mqtt.stop()]);
      client.close();
      if (sockets.temporary) await rm(sockets.directory, { recursive: true, force: true });
    },
  };
}

function pick({ threads, startTimeoutMs, hangTimeoutMs }: AgentOptions): Pick<AgentOptions, "threads" | "startTimeoutMs" | "hangTimeoutMs"> {
  return { threads, startTimeoutMs, hangTimeoutMs };
}

function clientIdentity(identity: Identity): { ca: string; cert: string; key: string } {
  return { ca: identity.serverCaPem, cert: identity.certificatePem, key: identity.privateKeyPem };
}

type Sockets = { agent: string | null; directory: string; temporary: boolean };

/** Where sockets go. Two agents on one data directory would each undo the other's work: the socket that answers tells. */
async function prepareSockets(paths: AgentPaths): Promise<Sockets> {
  const fits = Buffer.byteLength(paths.data) <= MAX_SOCKET_DIRECTORY;
  const directory = fits ? join(paths.data, "run") : await mkdtemp(join(tmpdir(), "flotilla-"));
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const agent = fits ? paths.socket : join(directory, "agent.sock");
  if (await answers(agent)) {
    throw new FlotillaError("CONFLICT", `Another agent runs on ${paths.data} already. Stop it, or give this one another --data directory.`);
  }
  if (fits) {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { mode: 0o700 });
  }
  return { agent, directory, temporary: !fits };
}

async function answers(path: string): Promise<boolean> {
  const { promise, resolve: done } = Promise.withResolvers<boolean>();
  const socket = connect(path);
  socket.once("connect", () => done(true));
  socket.once("error", () => done(false));
  const answered = await promise;
  socket.destroy();
  return answered;
}
