import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { S3TestServer } from "./s3-test-server.ts";

const BUCKET = "models";
const READY_MS = 20_000;

/** A real S3 server over a temporary folder: Versity's gateway, whose objects are files. It checks signatures and checksums. */
export async function startVersity(binary: string): Promise<S3TestServer> {
  const directory = await mkdtemp(join(tmpdir(), "flotilla-s3-"));
  const bucket = join(directory, BUCKET);
  await mkdir(bucket);
  const port = await freePort();
  const child = spawn(binary, ["--quiet", "--port", `127.0.0.1:${port}`, "posix", directory], {
    env: { ROOT_ACCESS_KEY: "test", ROOT_SECRET_KEY: "test", VGW_REGION: "eu-central-1" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  await untilListening(child, port);
  return {
    url: `http://127.0.0.1:${port}`,
    count: async () => (await readdir(bucket, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length,
    clear: async () => {
      for (const name of await readdir(bucket)) await rm(join(bucket, name), { recursive: true });
    },
    stop: async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
      await rm(directory, { recursive: true });
    },
  };
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  const until = Date.now() + READY_MS;
  while (child.exitCode === null && Date.now() < until) {
    const socket = connect(port, "127.0.0.1");
    const open = await Promise.race([once(socket, "connect").then(() => true), once(socket, "error").then(() => false)]).catch(() => false);
    socket.destroy();
    if (open) return;
    await sleep(50);
  }
  throw new Error("the S3 server did not start");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
