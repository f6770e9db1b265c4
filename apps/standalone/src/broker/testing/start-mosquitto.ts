import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { loadOrCreateCa } from "@flotilla/trust/ca";
import type { BrokerProcess } from "../start-broker-process.ts";

const DEPLOY = fileURLToPath(new URL("../../../../../deploy/mosquitto/", import.meta.url));

export interface MosquittoProcess extends BrokerProcess {
  revocationListFile: string;
}

/**
 * Starts the machine's Mosquitto from the configuration that docker-compose uses, with this directory's CA and its own paths. `port` 0 takes
 * any. It keeps what it persists when it is started again in the same directory.
 */
export async function startMosquitto(secretsDirectory: string, port = 0): Promise<MosquittoProcess> {
  const { directory, revocationListFile } = await prepareMosquitto(secretsDirectory);
  return { ...(await runMosquitto(directory, port)), revocationListFile };
}

/** Lays out the certificates that Mosquitto reads, and the list that the gateway writes. */
async function prepareMosquitto(secretsDirectory: string): Promise<{ directory: string; revocationListFile: string }> {
  const directory = path.join(secretsDirectory, "mosquitto");
  await mkdir(directory, { recursive: true });
  const ca = await loadOrCreateCa(secretsDirectory);
  const server = await ca.issueServer(["localhost"], path.join(secretsDirectory, "broker"));
  const revocationListFile = path.join(directory, "revoked.crl");
  await writeFile(path.join(directory, "ca.pem"), ca.certificatePem);
  await writeFile(path.join(directory, "server.pem"), server.certPem + ca.certificatePem + server.keyPem);
  await writeFile(revocationListFile, await ca.issueRevocationList([]), { flag: "a" });
  return { directory, revocationListFile };
}

/** Mosquitto from the shipped configuration, on a folder with `ca.pem`, `server.pem` and `revoked.crl`. */
export async function runMosquitto(directory: string, port = 0): Promise<BrokerProcess> {
  const taken = port === 0 ? await freePort() : port;
  return await run(await configure(directory, taken), taken);
}

/** As `startMosquitto`, without starting it. Answers with its configuration file. */
export async function configureMosquitto(secretsDirectory: string, port: number): Promise<string> {
  const { directory } = await prepareMosquitto(secretsDirectory);
  return await configure(directory, port);
}

async function configure(directory: string, port: number): Promise<string> {
  await mkdir(path.join(directory, "data"), { recursive: true });
  await copyFile(path.join(DEPLOY, "acl"), path.join(directory, "acl"));
  const config = path.join(directory, "mosquitto.conf");
  await writeFile(config, await localConfig(directory, port));
  return config;
}

/** As root it stays root: the paths of a test are its own and nobody else's to read. */
async function localConfig(directory: string, port: number): Promise<string> {
  const shipped = await readFile(path.join(DEPLOY, "mosquitto.conf"), "utf8");
  const local = shipped
    .replace("listener 8883", `listener ${port} 127.0.0.1`)
    .replaceAll("/mosquitto/secrets/", `${directory}/`)
    .replaceAll("/mosquitto/config/", `${directory}/`)
    .replaceAll("/mosquitto/data/", `${directory}/data/`);
  return process.getuid?.() === 0 ? `${local}user root\n` : local;
}

async function run(config: string, port: number): Promise<BrokerProcess> {
  // A group of its own: the script and the broker end together.
  const child = spawn("sh", [path.join(DEPLOY, "run.sh"), config], { detached: true, stdio: ["ignore", "inherit", "pipe"] });
  let said = "";
  let running = false;
  for await (const line of createInterface({ input: child.stderr })) {
    said += `${line}\n`;
    running = /mosquitto version .* running/.test(line);
    if (running) break;
  }
  if (!running || child.pid === undefined) throw new Error(`Mosquitto did not start:\n${said}`);
  child.stderr.resume();
  const group = -child.pid;
  return {
    url: `mqtts://localhost:${port}`,
    port,
    process: child,
    stop: async (signal = "SIGKILL") => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      process.kill(group, signal);
      await once(child, "exit");
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
