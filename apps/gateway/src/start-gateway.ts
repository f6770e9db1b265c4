import path from "node:path";
import { GATEWAY_IDENTITY } from "@flotilla/contracts";
import { Leadership, listenLive } from "@flotilla/db";
import { DEFAULT_RETENTION, type DevicePlaneContext, type Retention } from "@flotilla/services";
import { createGatewayServer, type GatewayHealth, type GatewayServer } from "./http/create-gateway-server.ts";
import type { RateLimit } from "./http/rate-limiter.ts";
import { type Lead, startLead } from "./leader/lead.ts";
import { ReportIntake } from "./mqtt/report-intake.ts";

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

/**
 * The device plane's server side. Every gateway answers devices over HTTPS; one of them, the leader, does what must not be done twice: rollouts, what is kept of
 * the history and, where there is a broker, ingest of reports, outbox and revocations.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { ctx, databaseUrl, secretsDirectory, retention = DEFAULT_RETENTION } = options;
  const reports = new ReportIntake(ctx, retention);
  const credentials = await ctx.ca.issueClient(GATEWAY_IDENTITY, path.join(secretsDirectory, "gateway"));
  let lead: Lead | null = null;
  const leadership = new Leadership({
    url: databaseUrl,
    name: "flotilla gateway",
    onGain: () => {
      ctx.logger.info({}, "this gateway leads");
      lead = startLead({ ...options, retention, credentials, reports });
    },
    onLoss: async () => {
      ctx.logger.info({}, "this gateway does not lead any more");
      const former = lead;
      lead = null;
      await former?.stop();
    },
  });
  const stopListening = await listenLive(databaseUrl, (event) => lead?.hear(event), { onGap: () => lead?.lookAtAll() });
  const server = await startServer(options, reports, () => ({ broker: lead?.isBrokerConnected() === true, leader: lead !== null }));
  leadership.start();
  return {
    port: server.port,
    stop: async () => {
      await stopListening();
      await server.close();
      await leadership.stop();
      await reports.flush();
    },
  };
}

async function startServer(options: GatewayOptions, reports: ReportIntake, health: () => GatewayHealth): Promise<GatewayServer> {
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
    health,
    ...(openLimit === undefined ? {} : { openLimit }),
  });
}
