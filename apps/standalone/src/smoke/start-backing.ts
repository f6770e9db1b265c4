import { type ChildProcess, spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { connect } from "node:net";
import path from "node:path";
import { createDb } from "@flotilla/db";
import { EmbeddedPostgres, untilReady } from "@flotilla/db/embedded";
import { freePort } from "../broker/testing/start-mosquitto.ts";

export interface Backing {
  databaseUrl: string;
  s3Url: string;
  stop(): Promise<void>;
}

export const S3_CREDENTIALS = { accessKeyId: "flotilla", secretAccessKey: "a secret of the smoke run" };

/** What compose runs besides our roles and the broker: a Postgres of its own with an empty database, and an S3 server with no bucket. */
export async function startBacking(folder: string, s3Binary: string): Promise<Backing> {
  const postgres = new EmbeddedPostgres({ directory: path.join(folder, "postgres"), port: await freePort(), password: "smoke" });
  await postgres.initialise();
  const server = await postgres.spawn();
  await untilReady(server);
  const admin = createDb({ url: postgres.url("postgres"), maxConnections: 1 });
  await admin.query("CREATE DATABASE flotilla");
  await admin.close();
  const [objects, port] = [path.join(folder, "s3"), await freePort()];
  await mkdir(objects, { recursive: true });
  const { accessKeyId, secretAccessKey } = S3_CREDENTIALS;
  const s3 = spawn(s3Binary, ["--quiet", "--port", `127.0.0.1:${port}`, "posix", objects], {
    env: { ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey },
    stdio: "ignore",
  });
  await untilPortAnswers(s3, port);
  return {
    databaseUrl: postgres.url("flotilla"),
    s3Url: `http://127.0.0.1:${port}`,
    stop: async () => {
      s3.kill("SIGKILL");
      server.kill("SIGINT");
      await postgres.destroy();
    },
  };
}

async function untilPortAnswers(child: ChildProcess, port: number): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error("the S3 server ended");
    const answers = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (answers) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
