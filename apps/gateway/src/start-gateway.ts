import path from "node:path";
import { GATEWAY_IDENTITY, type LiveEvent } from "@flotilla/contracts";
import { listenLive } from "@flotilla/db";
import { createMqttClient, type MqttClient } from "@flotilla/mqtt";
import type { DevicePlaneContext } from "@flotilla/services";
import { createGatewayServer } from "./http/create-gateway-server.ts";
import type { RateLimit } from "./http/rate-limiter.ts";
import { startIngest } from "./mqtt/start-ingest.ts";
import { OutboxPublisher } from "./outbox/outbox-publisher.ts";
import { RevocationPublisher } from "./revocations/revocation-publisher.ts";

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
  random: () => number;
  /** See `PresenceWatch`. */
  presenceGraceMs?: number;
  openLimit?: RateLimit;
}

export interface Gateway {
  port: number;
  stop(): Promise<void>;
}

/** The device plane's server side: HTTPS API, ingest of reports, outbox, revocations. Stops in the opposite order. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { ctx, host, port, secretsDirectory, openLimit } = options;
  const mqtt = options.brokerUrl === null ? null : await createClient(options, options.brokerUrl);
  const broker = mqtt === null ? null : await startBrokerSide(options, mqtt);
  const { certPem, keyPem } = await ctx.ca.issueServer(options.serverNames, path.join(secretsDirectory, "gateway"));
  const server = await createGatewayServer({
    ctx,
    host,
    port,
    // The CA goes along, so that a device that knows only its fingerprint can pin it.
    cert: certPem + ctx.ca.certificatePem,
    key: keyPem,
    isBrokerConnected: () => mqtt?.isConnected() === true,
    ...(openLimit === undefined ? {} : { openLimit }),
  });
  return {
    port: server.port,
    stop: async () => {
      await server.close();
      await broker?.stop();
    },
  };
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
    random,
    log: ctx.logger,
    // One client, not a fleet: it may come back fast.
    backoff: { baseMs: 500, capMs: 5_000 },
  });
}

async function startBrokerSide({ ctx, databaseUrl, presenceGraceMs }: GatewayOptions, mqtt: MqttClient): Promise<{ stop(): Promise<void> }> {
  const ingest = startIngest(ctx, mqtt, presenceGraceMs);
  const outbox = new OutboxPublisher(ctx, mqtt);
  const revocations = new RevocationPublisher(ctx, mqtt);
  outbox.start();
  revocations.start();
  const onEvent = ({ topic }: LiveEvent): void => {
    if (topic === "rollout" || topic === "device") outbox.wake();
    if (topic === "device") revocations.check();
  };
  const stopListening = await listenLive(databaseUrl, onEvent, { onGap: () => revocations.check() });
  mqtt.start();
  return {
    stop: async () => {
      await stopListening();
      revocations.stop();
      await outbox.stop();
      await mqtt.stop();
      await ingest.stop();
    },
  };
}
