import { type ChildProcess, spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { findBinaries } from "./find-binaries.ts";
import { findHome, type PostgresHome } from "./find-home.ts";

export interface EmbeddedPostgresOptions {
  /** The data directory; made on the first start. */
  directory: string;
  port: number;
  password: string;
  /** Extra `-c name=value` settings. */
  settings?: Record<string, string>;
}

/** A Postgres server on this machine, from the binaries that npm brought. Listens on loopback only. */
export class EmbeddedPostgres {
  readonly #options: EmbeddedPostgresOptions;
  #home: PostgresHome | null = null;

  constructor(options: EmbeddedPostgresOptions) {
    this.#options = options;
  }

  /** `postgresql://…/<database>` */
  url(database: string): string {
    return `postgresql://flotilla:${encodeURIComponent(this.#options.password)}@127.0.0.1:${this.#options.port}/${database}`;
  }

  /** Makes the data directory where there is none. A half-made one from an interrupted first start is made anew. */
  async initialise(): Promise<void> {
    this.#home ??= await findHome(await findBinaries(), this.#options.directory);
    const { binaries, dataDirectory, identity } = this.#home;
    const finished = path.join(dataDirectory, "PG_VERSION");
    if ((await readFile(finished, "utf8").catch(() => null)) !== null) return;
    const passwordFile = path.join(os.tmpdir(), `flotilla-${process.pid}-${this.#options.port}.pw`);
    await writeFile(passwordFile, `${this.#options.password}\n`, { mode: identity.uid === undefined ? 0o600 : 0o644 });
    try {
      await this.#run(binaries.initdb, [
        `--pgdata=${dataDirectory}`,
        "--username=flotilla",
        "--auth=scram-sha-256",
        `--pwfile=${passwordFile}`,
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
      ]);
    } finally {
      await rm(passwordFile, { force: true });
    }
  }

  /** Starts the server as a child in its own process group, so that Ctrl-C in a terminal does not reach it before its clients. */
  async spawn(): Promise<ChildProcess> {
    this.#home ??= await findHome(await findBinaries(), this.#options.directory);
    const { binaries, dataDirectory, identity } = this.#home;
    await this.stopLeftOver();
    const settings = { listen_addresses: "127.0.0.1", unix_socket_directories: "", max_connections: "100", ...this.#options.settings };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    return spawn(binaries.postgres, ["-D", dataDirectory, "-p", String(this.#options.port), ...flags], {
      ...identity,
      detached: true,
      cwd: "/",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Stops a server that an earlier start left behind in the same data directory. */
  async stopLeftOver(): Promise<void> {
    if (this.#home === null) return;
    const pidFile = path.join(this.#home.dataDirectory, "postmaster.pid");
    const left = await readFile(pidFile, "utf8").catch(() => null);
    if (left === null) return;
    const { pg_ctl } = this.#home.binaries;
    await this.#run(pg_ctl, ["stop", "-D", this.#home.dataDirectory, "-m", "fast", "-w", "-t", "20"]).catch(() => undefined);
  }

  /** Throws the data away. The next start makes it anew. */
  async destroy(): Promise<void> {
    this.#home ??= await findHome(await findBinaries(), this.#options.directory);
    await this.stopLeftOver();
    await rm(this.#home.dataDirectory, { recursive: true, force: true });
    this.#home = null;
  }

  /** Where the data really is: elsewhere than asked for when root's private folders are closed to Postgres. */
  get dataDirectory(): string | null {
    return this.#home?.dataDirectory ?? null;
  }

  async #run(file: string, args: string[]): Promise<void> {
    const child = spawn(file, args, { ...this.#home?.identity, cwd: "/", stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-4000);
    });
    await new Promise<void>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) =>
        code === 0 ? resolve() : reject(new Error(`${path.basename(file)} ended with exit code ${code}: ${errors}`)),
      );
    });
  }
}

/** Waits until the server accepts connections. Rejects when it ends first or after 30 s, with the last lines that it wrote. */
export async function untilReady(server: ChildProcess): Promise<void> {
  let output = "";
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Postgres was not ready after 30 s. ${output}`)), 30_000);
    const read = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-4000);
      if (!output.includes("ready to accept connections")) return;
      clearTimeout(timer);
      resolve();
    };
    server.stdout?.on("data", read);
    server.stderr?.on("data", read);
    server.once("error", reject);
    server.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`Postgres ended with exit code ${code} while starting. ${output}`));
    });
  });
}
