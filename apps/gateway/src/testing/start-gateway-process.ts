import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { call } from "./device-client.ts";

export interface GatewayProcess {
  port: number;
  /** What `GET /health` says. */
  leads(): Promise<boolean>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** A gateway as its own process, as in a real installation; any free port. For tests. */
export async function startGatewayProcess(caPem: string, env: Record<string, string>): Promise<GatewayProcess> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("../main.ts", import.meta.url))], {
    env: { GATEWAY_PORT: "0", GATEWAY_HOST: "127.0.0.1", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await portOf(child);
  return {
    port,
    leads: async () => (await call(port, { ca: caPem }, "GET", "/health")).body?.["leader"] === true,
    kill: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await once(child, "exit");
    },
  };
}

async function portOf(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error("the gateway's output is not piped");
  for await (const line of createInterface({ input: child.stdout })) {
    const entry = JSON.parse(line) as { msg?: string; port?: number };
    if (entry.msg !== "gateway listens" || entry.port === undefined) continue;
    child.stdout.resume();
    return entry.port;
  }
  throw new Error("the gateway ended before it listened");
}
