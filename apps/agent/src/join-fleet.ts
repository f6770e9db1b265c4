import { randomUUID } from "node:crypto";
import type { ListeningAgent, RunningAgent } from "./agent.ts";
import { type AgentGround, type AgentParts, assembleAgent, bootAgent } from "./assemble-agent.ts";
import { type EnrolContext, loadOrEnrol } from "./effects/enrol.ts";
import { HttpsClient } from "./effects/https-client.ts";
import type { Identity } from "./effects/identity-store.ts";
import { startLogReports } from "./effects/log-tail.ts";
import { IdentityKeeper, settleEnrolment } from "./effects/regain-identity.ts";
import { startRenewal } from "./effects/renew-identity.ts";
import { startReplay } from "./effects/replay-workload.ts";
import { startMetrics } from "./effects/report-metrics.ts";
import { nodeTimers } from "./ports/timers.ts";
import type { Router } from "./runtime/router.ts";

/** The ground of a real agent: a router that listens, a client whose certificate can be renewed. */
type Ground = ListeningAgent & AgentGround & { router: Router; client: HttpsClient; enrolment: EnrolContext };

/** Gives the device its identity, enrolling where it has none, and sets everything going. */
export async function joinFleet(listening: ListeningAgent, signal: AbortSignal): Promise<RunningAgent> {
  const { options, paths, profile, random, clock, logger } = listening;
  const enrolment = { options, paths, profile, random, now: () => clock().getTime(), logger, signal };
  const identity = await loadOrEnrol(enrolment);
  await settleEnrolment(paths);
  const client = new HttpsClient(options.server, clientIdentity(identity));
  const agent = await begin({ ...listening, timers: nodeTimers, bootId: randomUUID(), holder: { identity }, client, enrolment });
  return {
    stop: async () => {
      await agent.stop();
      client.close();
    },
  };
}

async function begin(ground: Ground): Promise<RunningAgent> {
  const { options, logger, log, clock, random, paths, profile, port, holder, client, router } = ground;
  const parts = assembleAgent({ ...ground, onRefused: (error) => keeper.heard(error) });
  const { hosts, spool, mqtt, poller, dispatch } = parts;
  const renewed = async (identity: Identity): Promise<void> => {
    holder.identity = identity;
    client.renew(clientIdentity(identity));
    await mqtt.start(identity);
  };
  const regained = async (identity: Identity, isOther: boolean): Promise<void> => {
    if (isOther) {
      await spool.clear();
      poller.forget();
      dispatch({ kind: "readmitted" });
    }
    await renewed(identity);
    poller.ask();
  };
  const keeper = new IdentityKeeper({ context: ground.enrolment, current: () => holder.identity, regained });
  await bootAgent(ground, parts);
  if (ground.fault !== null) dispatch({ kind: "fault", reason: ground.fault });
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

async function end(
  { poller, sender, loop, releases, hosts, mqtt }: AgentParts,
  ends: readonly (() => void)[],
  router: Router,
): Promise<void> {
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
