import { GATEWAY_IDENTITY, type LiveEvent } from "@flotilla/contracts";
import { createMqttClient, type MqttClient } from "@flotilla/mqtt";
import type { DevicePlaneContext, Retention } from "@flotilla/services";
import { HistoryKeeper } from "../history/history-keeper.ts";
import type { ReportIntake } from "../mqtt/report-intake.ts";
import { startIngest } from "../mqtt/start-ingest.ts";
import { OutboxPublisher } from "../outbox/outbox-publisher.ts";
import { RevocationList } from "../revocations/revocation-list.ts";
import { RevocationPublisher } from "../revocations/revocation-publisher.ts";
import { RolloutController } from "../rollouts/rollout-controller.ts";

export interface LeadOptions {
  ctx: DevicePlaneContext;
  reports: ReportIntake;
  retention: Retention;
  brokerUrl: string | null;
  /** The gateway's client certificate for the broker. */
  credentials: { certPem: string; keyPem: string };
  revocationListFile?: string | undefined;
  presenceGraceMs?: number | undefined;
  random: () => number;
}

/** Messages that wait for their batch's commit; the broker keeps the rest. Under 65,535, the packet identifiers that MQTT has. */
const MAX_IN_FLIGHT = 8_000;

/** What one gateway of an installation does for all of them. */
export interface Lead {
  /** Something was written that rollouts or the broker may have to be told. */
  hear(event: LiveEvent): void;
  /** As `hear`, of everything. */
  lookAtAll(): void;
  isBrokerConnected(): boolean;
  stop(): Promise<void>;
}

/**
 * Begins to lead: drives rollouts and, where there is a broker, takes reports in, sends hints and keeps revoked devices out. Every leader uses the
 * same session at the broker: what its predecessor had not acknowledged, the broker delivers to it, and a predecessor that still lives is cut off.
 */
export function startLead(options: LeadOptions): Lead {
  const { ctx, brokerUrl } = options;
  const rollouts = new RolloutController(ctx);
  const history = new HistoryKeeper(ctx, options.retention);
  const mqtt = brokerUrl === null ? null : createClient(options, brokerUrl);
  const broker = mqtt === null ? null : startBrokerSide(options, mqtt);
  mqtt?.start();
  rollouts.start();
  history.start();
  return {
    hear: (event) => {
      rollouts.hear(event);
      broker?.hear(event);
    },
    lookAtAll: () => {
      rollouts.lookAtAll();
      broker?.lookAtAll();
    },
    isBrokerConnected: () => mqtt?.isConnected() === true,
    stop: async () => {
      await rollouts.stop();
      await history.stop();
      await broker?.stop();
    },
  };
}

function createClient({ ctx, credentials, random }: LeadOptions, url: string): MqttClient {
  return createMqttClient({
    url,
    ca: ctx.ca.certificatePem,
    cert: credentials.certPem,
    key: credentials.keyPem,
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
function startBrokerSide({ ctx, reports, presenceGraceMs, brokerUrl, revocationListFile }: LeadOptions, mqtt: MqttClient): BrokerSide {
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
