import type { ChildProcess } from "node:child_process";
import { request as httpRequest } from "node:http";
import path from "node:path";
import type { EmbeddedPostgres } from "@flotilla/db/embedded";
import { untilReady } from "@flotilla/db/embedded";
import type { Ports } from "./choose-ports.ts";
import type { DataDirectory } from "./data-directory.ts";
import type { ProcessSpec } from "./supervisor.ts";

export interface StackSettings {
  root: string;
  directory: DataDirectory;
  ports: Ports;
  host: string;
  databaseUrl: string;
  authSecret: string;
  webUrl: string;
  gatewayUrl: string;
}

/** Each server process's environment: what its `env.ts` reads and nothing else, so that a secret is only where it is used. */
function serverEnvs(settings: StackSettings): Record<"broker" | "gateway" | "worker" | "web", Record<string, string>> {
  const { directory, ports } = settings;
  const brokerUrl = `mqtts://localhost:${ports.broker}`;
  const publicBrokerUrl = `mqtts://${new URL(settings.gatewayUrl).hostname}:${ports.broker}`;
  const all = { NODE_ENV: "production", LOG_LEVEL: "info" };
  const data = { DATABASE_URL: settings.databaseUrl, BLOB_DIR: directory.blobs };
  const secrets = { SECRETS_DIR: directory.secrets };
  return {
    broker: { ...all, ...secrets, BROKER_PORT: String(ports.broker), BROKER_HOST: settings.host, PUBLIC_BROKER_URL: publicBrokerUrl },
    gateway: {
      ...all,
      ...data,
      ...secrets,
      GATEWAY_PORT: String(ports.gateway),
      GATEWAY_HOST: settings.host,
      PUBLIC_GATEWAY_URL: settings.gatewayUrl,
      BROKER_URL: brokerUrl,
      PUBLIC_BROKER_URL: publicBrokerUrl,
    },
    worker: { ...all, ...data, ...secrets },
    web: {
      ...all,
      ...data,
      NEXT_TELEMETRY_DISABLED: "1",
      UPLOAD_DIR: directory.uploads,
      // The certificate alone: the keys of the CA and of releases are none of the dashboard's business.
      CA_FILE: path.join(directory.secrets, "ca.pem"),
      AUTH_SECRET: settings.authSecret,
      PUBLIC_WEB_URL: settings.webUrl,
      PUBLIC_GATEWAY_URL: settings.gatewayUrl,
      AGENT_FILE: path.join(settings.root, "apps/agent/dist/agent.js"),
      SIMULATED_DEVICES: "supervisor",
    },
  };
}

export function postgresProcess(postgres: EmbeddedPostgres): ProcessSpec {
  return { name: "postgres", args: [], launch: () => postgres.spawn(), ready: untilReady, stopSignal: "SIGINT", stopTimeoutMs: 20_000 };
}

/** Broker, gateway, worker and web, in the order in which they need each other. */
export function serverProcesses(settings: StackSettings): ProcessSpec[] {
  const env = serverEnvs(settings);
  const app = (name: string): string => path.join(settings.root, "apps", name);
  return [
    {
      name: "broker",
      args: [path.join(app("standalone"), "dist/broker.js")],
      env: env.broker,
      ready: (child) => untilSays(child, "broker listens"),
    },
    {
      name: "gateway",
      args: [path.join(app("gateway"), "dist/main.js")],
      env: env.gateway,
      ready: (child) => untilSays(child, "gateway listens"),
    },
    { name: "worker", args: [path.join(app("worker"), "dist/main.js")], env: env.worker },
    {
      name: "web",
      args: [
        path.join(app("web"), "node_modules/next/dist/bin/next"),
        "start",
        "--port",
        String(settings.ports.web),
        "--hostname",
        settings.host,
      ],
      cwd: app("web"),
      env: env.web,
      ready: async (child) => {
        await untilSays(child, "Ready");
        await untilHttpAnswers(child, settings.ports.web, "/api/health");
      },
    },
  ];
}

/** A demo device: the real agent, which replays real test images through its own inference endpoint; `images` null: an idle one. */
export function deviceProcess(
  settings: StackSettings,
  options: { name: string; token: string | null; caFingerprint: string; images: string | null; tags?: readonly string[] },
): ProcessSpec {
  const replay = options.images === null ? [] : ["--replay", options.images, "--replay-interval", "500", "--metrics-interval", "5"];
  const args = [
    path.join(settings.root, "apps/agent/dist/agent.js"),
    ...["--server", settings.gatewayUrl],
    ...["--ca-fingerprint", options.caFingerprint],
    ...["--data", path.join(settings.directory.devices, options.name)],
    ...["--name", options.name],
    ...(options.tags ?? []).flatMap((tag) => ["--tag", tag]),
    ...replay,
  ];
  // Not a flag: every user of the machine can read a process's arguments.
  const env: Record<string, string> = options.token === null ? {} : { AGENT_TOKEN: options.token };
  return { name: `device-${options.name}`, args, cwd: path.join(settings.root, "apps/agent"), env };
}

const POLL_MS = 100;

/** Nobody waits for the answer of a process that is gone: the supervisor says that it died, and the wait must not keep us alive. */
function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/**
 * Waits for a process's own word. That its port answers would not do: where another program took the port a moment earlier, it is that one which
 * answers, and the process is about to die.
 */
export async function untilSays(child: ChildProcess, text: string): Promise<void> {
  const { stdout } = child;
  if (stdout === null) throw new Error("the output of a process that is waited for must be piped");
  const { promise, resolve } = Promise.withResolvers<void>();
  let said = "";
  const listen = (chunk: Buffer): void => {
    said = (said + chunk.toString()).slice(-10_000);
    if (said.includes(text)) resolve();
  };
  stdout.on("data", listen);
  child.once("exit", () => resolve());
  await promise;
  stdout.off("data", listen);
}

async function untilHttpAnswers(child: ChildProcess, port: number, route: string): Promise<void> {
  while (isRunning(child)) {
    const status = await new Promise<number>((resolve) => {
      const request = httpRequest({ port, host: "127.0.0.1", path: route, timeout: 5000 }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on("error", () => resolve(0));
      request.on("timeout", () => request.destroy());
      request.end();
    });
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
