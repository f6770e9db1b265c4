import { spawn } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { CACHE_DIRECTORY } from "./make-identities.ts";

const ROOT = fileURLToPath(new URL("../../../../..", import.meta.url));

/** The whole server as `npm start` runs it: five processes of their own. */
export interface Stack {
  readonly directory: string;
  readonly ports: Readonly<Record<"web" | "gateway" | "broker" | "postgres", number>>;
  readonly databaseUrl: string;
  /** For the first owner. */
  readonly setupUrl: string;
  /** Process ids by name; a process that died and came back has a new one. */
  pids(): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

/**
 * `npm start -- --devices 0` on a new data directory whose CA is the identities' own; `asBuilt` starts the supervisor without a look at what is to be built. Throws with the end
 * of its output where it fails.
 */
export async function startStack({ asBuilt }: { asBuilt: boolean }): Promise<Stack> {
  const directory = await mkdtemp(path.join(tmpdir(), "flotilla-bench-stack-"));
  // Open to look through, so that Postgres, which may run as another user, keeps its data in here too.
  await chmod(directory, 0o755);
  const secrets = path.join(directory, "secrets");
  await mkdir(secrets, { recursive: true, mode: 0o700 });
  for (const name of ["ca-key.pem", "ca.pem"]) await copyFile(path.join(CACHE_DIRECTORY, name), path.join(secrets, name));
  const app = path.join(ROOT, "apps/standalone");
  const args = asBuilt
    ? [path.join(app, "src/main.ts"), JSON.stringify({ devices: 0, reset: false, data: directory })]
    : [path.join(app, "launch.js"), "start", "--devices", "0", "--data", directory];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.once("exit", (code, signal) => {
    if (code !== 0) console.error(`the stack ended with ${signal ?? code}`);
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  let said = "";
  const ready = new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      // A process that died and came back belongs into the run's log.
      for (const line of chunk.toString().split("\n")) if (/^[!✗]/.test(line)) console.error(line);
      if (said.includes("Ctrl-C stops it")) resolve();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("close", (code) => reject(new Error(`the stack ended with ${code}: ${said.slice(-3000)}`)));
  });
  await ready;
  const ports = await readJson<Stack["ports"]>(path.join(directory, "ports.json"));
  const password = await readFile(path.join(secrets, "postgres-password"), "utf8");
  return {
    directory,
    ports,
    databaseUrl: `postgresql://flotilla:${encodeURIComponent(password)}@127.0.0.1:${ports.postgres}/flotilla`,
    setupUrl: /http\S+\/setup\?token=\S+/.exec(said)?.[0] ?? "",
    pids: async () => await readJson(path.join(directory, "logs/processes.json")),
    stop,
  };
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, "utf8")) as T;
}
