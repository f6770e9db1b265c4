import type { DeviceProfile } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import type { step } from "./core/step.ts";
import { AgentLoop } from "./effects/agent-loop.ts";
import type { AgentPaths } from "./effects/agent-paths.ts";
import { AssignmentPoller } from "./effects/assignment-poller.ts";
import { BootLog } from "./effects/boot-log.ts";
import { createExecutors } from "./effects/executors.ts";
import { createHold } from "./effects/hold.ts";
import { type HostRuntime, HostWork } from "./effects/host-work.ts";
import type { DeviceClient } from "./effects/https-client.ts";
import type { Identity } from "./effects/identity-store.ts";
import { readAssignment, readJournal } from "./effects/journal-store.ts";
import { MqttLink, type MqttLinkOptions, spreadDelayMs } from "./effects/mqtt-link.ts";
import { ReleaseWork } from "./effects/release-work.ts";
import { ReportSender } from "./effects/send-reports.ts";
import { rebuildJournal } from "./effects/slot-store.ts";
import { Spool } from "./effects/spool.ts";
import type { AgentOptions } from "./options.ts";
import type { Timers } from "./ports/timers.ts";
import type { Router } from "./runtime/router.ts";

/** What is there once the device has a place on the disk, an endpoint and an identity. */
export type AgentGround = {
  options: Pick<AgentOptions, "hold" | "threads" | "startTimeoutMs" | "hangTimeoutMs" | "pollIntervalMs">;
  entry: string;
  logger: Logger;
  random: () => number;
  clock: () => Date;
  timers: Timers;
  /** A new one every start: reports are numbered within it. */
  bootId: string;
  paths: AgentPaths;
  profile: DeviceProfile;
  router: Pick<Router, "serve" | "drained">;
  socketDirectory: string;
  /** Replaced by a renewal. */
  holder: { identity: Identity };
  client: DeviceClient;
  /** Hears why the server refused to say what is assigned. */
  onRefused?: (error: unknown) => void;
  /** Default: over MQTT. */
  createLink?: (options: MqttLinkOptions) => Pick<MqttLink, "start" | "isConnected" | "publish" | "stop">;
  /** Default: a child process a host. */
  runtime?: HostRuntime;
  /** Default: the core's `step`. */
  decide?: typeof step;
  /** Default: the machine's own. */
  memoryFreeBytes?: () => number;
};

export type AgentParts = ReturnType<typeof assembleAgent>;

/** Makes the parts and ties them together. Nothing moves yet. */
export function assembleAgent(ground: AgentGround) {
  const { options, entry, logger, random, clock, timers, bootId, paths, profile, router, socketDirectory, holder, client } = ground;
  const { decide, runtime, onRefused, memoryFreeBytes, createLink = (link) => new MqttLink(link) } = ground;
  const loop = new AgentLoop({ now: () => clock().getTime(), random, logger, timers, ...(decide === undefined ? {} : { decide }) });
  const dispatch = loop.dispatch.bind(loop);
  const keys = (): Identity["trustedKeys"] => holder.identity.trustedKeys;
  const hold = createHold(options.hold, logger);
  const { threads, startTimeoutMs, hangTimeoutMs } = options;
  const releases = new ReleaseWork({
    ...{ paths, profile, client, timers, keys, dispatch, hold, logger },
    ...(memoryFreeBytes === undefined ? {} : { memoryFreeBytes }),
  });
  const hosts = new HostWork({
    memoryBytes: profile.memoryBytes,
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
    timers,
    ...(runtime === undefined ? {} : { runtime }),
  });
  const boots = new BootLog({ paths, bootId, logger, timers });
  const spool = new Spool({
    ...{ fs: paths.fs, directory: paths.spool, bootId, clock, logger },
    earlierBoots: () => boots.earlier,
    onAppend: () => sender.wake(),
  });
  const poller = new AssignmentPoller({
    client,
    timers,
    intervalMs: options.pollIntervalMs,
    random,
    dispatch,
    logger,
    ...(onRefused === undefined ? {} : { onError: onRefused }),
  });
  const mqtt = createLink({
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
    timers,
    link: {
      mqtt: {
        isConfigured: () => holder.identity.brokerUrl !== null,
        isConnected: () => mqtt.isConnected() && boots.isWritten,
        publish: async (report) => await mqtt.publish(report),
      },
      post: async (body) => (await client.json("POST", "/device/v1/reports", { body })).body,
    },
  });
  return { loop, dispatch, keys, releases, hosts, boots, spool, poller, mqtt, sender };
}

/** Reads what is known and sets everything going: first what serves, then the network. */
export async function bootAgent(ground: AgentGround, parts: AgentParts): Promise<void> {
  const { logger, clock, timers, paths, holder } = ground;
  const { loop, dispatch, keys, releases, hosts, boots, spool, poller, mqtt, sender } = parts;
  await boots.read();
  await spool.start();
  const { journal, fault } = await readJournal(paths, async () => await rebuildJournal(paths, keys()), clock().getTime(), logger);
  dispatch({ kind: "booted", journal, assignment: await readAssignment(paths) });
  if (fault !== null) dispatch({ kind: "fault", reason: fault });
  loop.start(createExecutors({ paths, timers, releases, hosts, spool, dispatch }));
  await boots.write();
  await mqtt.start(holder.identity);
  poller.ask();
  sender.wake();
}
