import path from "node:path";
import { GATEWAY_IDENTITY, type LiveEvent } from "@flotilla/contracts";
import { listenLive } from "@flotilla/db";
import { createMqttClient, type MqttClient } from "@flotilla/mqtt";
import { DEFAULT_RETENTION, type DevicePlaneContext, type Retention } from "@flotilla/services";
import { HistoryKeeper } from "./history/history-keeper.ts";
import { createGatewayServer, type GatewayServer } from "./http/create-gateway-server.ts";
import type { RateLimit } from "./http/rate-limiter.ts";
import { ReportIntake } from "./mqtt/report-intake.ts";
import { startIngest } from "./mqtt/start-ingest.ts";
import { OutboxPublisher } from "./outbox/outbox-publisher.ts";
import { RevocationList } from "./revocations/revocation-list.ts";
import { RevocationPublisher } from "./revocations/revocation-publisher.ts";
import { RolloutController } from "./rollouts/rollout-controller.ts";

/** Messages that wait for their batch's commit; the broker keeps the rest. Under 65,535, the packet identifiers that MQTT has. */
const MAX_IN_FLIGHT = 8_000;

export interface GatewayOptions {
  ctx: DevicePlaneContext;
  databaseUrl: string;
  secretsDirectory: string;
  host: string;
  port: number;
  /** Names and addresses in the server certificate. */
  serverNames: readonly string[];
  /** null: no broker; devices poll and report over HTTPS. */
  brokerUrl: string | null;
  /** A file that the broker reads its revocation list from (Mosquitto). Absent: a broker that is told by message (ours). */
  revocationListFile?: string | undefined;
  random: () => number;
  /** See `PresenceWatch`. */
  presenceGraceMs?: number;
  retention?: Retention;
  openLimit?: RateLimit;
}

export interface Gateway {
  port: number;
  stop(): Promise<void>;
}

/** The device plane's server side: HTTPS API, rollouts, and, where there is a broker, ingest of reports, outbox and revocations. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { ctx, databaseUrl, retention = DEFAULT_RETENTION } = options;
  const reports = new ReportIntake(ctx, retention);
  const mqtt = options.brokerUrl === null ? null : await createClient(options, options.brokerUrl);
  const broker = mqtt === null ? null : startBrokerSide(options, mqtt, reports);
  const rollouts = new RolloutController(ctx);
  const history = new HistoryKeeper(ctx, retention);
  const onEvent = (event: LiveEvent): void => {
    rollouts.hear(event);
    broker?.hear(event);
  };
  const onGap = (): void => {
    rollouts.lookAtAll();
    broker?.lookAtAll();
  };
  const stopListening = await listenLive(databaseUrl, onEvent, { onGap });
  const server = await startServer(options, reports, () => mqtt?.isConnected() === true);
  mqtt?.start();
  rollouts.start();
  history.start();
  return {
    port: server.port,
    stop: async () => {
      await stopListening();
      await rollouts.stop();
      await history.stop();
      await server.close();
      await broker?.stop();
      await reports.flush();
    },
  };
}

async function startServer(options: GatewayOptions, reports: ReportIntake, isBrokerConnected: () => boolean): Promise<GatewayServer> {
  const { ctx, host, port, openLimit } = options;
  const { certPem, keyPem } = await ctx.ca.issueServer(options.serverNames, path.join(options.secretsDirectory, "gateway"));
  return await createGatewayServer({
    ctx,
    reports,
    host,
    port,
    // The CA goes along, so that a device that knows only its fingerprint can pin it.
    cert: certPem + ctx.ca.certificatePem,
    key: keyPem,
    isBrokerConnected,
    ...(openLimit === undefined ? {} : { openLimit }),
  });
}

async function createClient({ ctx, secretsDirectory, random }: GatewayOptions, url: string): Promise<MqttClient> {
  const { certPem, keyPem } = await ctx.ca.issueClient(GATEWAY_IDENTITY, path.join(secretsDirectory, "gateway"));
  return createMqttClient({
    url,
    ca: ctx.ca.certificatePem,
    cert: certPem,
    key: keyPem,
    clientId: GATEWAY_IDENTITY,
    fleet: true,
    keepSession: true,
    maxInFlight: MAX_IN_FLIGHT,
    random,
    log: ctx.logger,
    // One client, not a fleet: it may come back fast.
    backoff: { baseMs: 500, capMs: 5_000 },
  });
}

interface BrokerSide {
  /** Something was written that the broker may have to be told. */
  hear(event: LiveEvent): void;
  /** As `hear`, of everything. */
  lookAtAll(): void;
  stop(): Promise<void>;
}

/** Registers what needs the broker; the caller starts the client afterwards. */
function startBrokerSide(options: GatewayOptions, mqtt: MqttClient, reports: ReportIntake): BrokerSide {
  const { ctx, presenceGraceMs, brokerUrl, revocationListFile } = options;
  const ingest = startIngest(ctx, mqtt, reports, presenceGraceMs);
  const outbox = new OutboxPublisher(ctx, mqtt);
  const revocations =
    revocationListFile === undefined
      ? new RevocationPublisher(ctx, mqtt)
      : new RevocationList(ctx, mqtt, { file: revocationListFile, brokerUrl: brokerUrl ?? "" });
  outbox.start();
  revocations.start();
  return {
    hear: (event) => {
      if (event.topic === "rollout" || event.topic === "device") outbox.wake();
      revocations.hear(event);
    },
    lookAtAll: () => {
      outbox.wake();
      revocations.check();
    },
    stop: async () => {
      await revocations.stop();
      await outbox.stop();
      await mqtt.stop();
      await ingest.stop();
    },
  };
}
