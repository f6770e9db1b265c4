import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface BrokerProcess {
  url: string;
  port: number;
  process: ChildProcess;
  /** Ends it at once (SIGKILL) unless `signal` says otherwise, and waits. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts the real broker as its own process, for tests. `port` 0 takes any. */
export async function startBrokerProcess(secretsDirectory: string, port = 0): Promise<BrokerProcess> {
  const child = spawn(process.execPath, [fileURLToPath(new URL("main.ts", import.meta.url))], {
    env: { BROKER_PORT: String(port), SECRETS_DIR: secretsDirectory, LOG_LEVEL: "info" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const listening = await portOf(child);
  return {
    url: `mqtts://localhost:${listening}`,
    port: listening,
    process: child,
    stop: async (signal = "SIGKILL") => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await once(child, "exit");
    },
  };
}

async function portOf(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error("the broker's output is not piped");
  for await (const line of createInterface({ input: child.stdout })) {
    const entry = JSON.parse(line) as { msg?: string; port?: number };
    if (entry.msg === "broker listens" && entry.port !== undefined) {
      child.stdout.resume();
      return entry.port;
    }
  }
  throw new Error("the broker ended before it listened");
}
