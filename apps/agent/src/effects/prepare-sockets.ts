import { createHash } from "node:crypto";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FlotillaError } from "@flotilla/contracts/errors";
import type { AgentPaths } from "./agent-paths.ts";

/** Room for the file name inside the 107 bytes that a Unix socket's path may have. */
const MAX_SOCKET_DIRECTORY = 80;

export type Sockets = { agent: string; directory: string; dispose: () => Promise<void> };

/**
 * Where sockets go: under the data directory, or in a short temporary one where its path is too long or nothing can be written. Two agents
 * on one data directory would each undo the other's work. Throws CONFLICT.
 */
export async function prepareSockets(paths: AgentPaths): Promise<Sockets> {
  const lock = await takeLock(paths.data);
  const unlock = (): void => void lock?.close();
  const fits = Buffer.byteLength(paths.data) <= MAX_SOCKET_DIRECTORY;
  if (fits && (await answers(paths.socket))) throw taken(paths.data);
  if (fits && (await makeRunDirectory(join(paths.data, "run"), paths.socket))) {
    return { agent: paths.socket, directory: join(paths.data, "run"), dispose: async () => unlock() };
  }
  const directory = await mkdtemp(join(tmpdir(), "flotilla-"));
  const dispose = async (): Promise<void> => {
    unlock();
    await rm(directory, { recursive: true, force: true });
  };
  return { agent: join(directory, "agent.sock"), directory, dispose };
}

/** false on a disk that cannot be written. */
async function makeRunDirectory(directory: string, socket: string): Promise<boolean> {
  try {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await rm(socket, { force: true });
    return true;
  } catch {
    return false;
  }
}

/**
 * The kernel's own lock for a directory: a name that only one process can listen on, and that goes with it however it ends. Only Linux has
 * such names (unix(7), abstract sockets); elsewhere, and between containers, the agent's socket that answers has to do.
 */
async function takeLock(data: string): Promise<Server | null> {
  if (process.platform !== "linux") return null;
  const name = createHash("sha256")
    .update(await realpath(data))
    .digest("hex")
    .slice(0, 32);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const server = createServer((socket) => socket.destroy());
  server.once("error", (error: NodeJS.ErrnoException) => (error.code === "EADDRINUSE" ? reject(taken(data)) : resolve()));
  server.listen({ path: `\0flotilla-agent-${name}` }, resolve);
  await promise;
  server.unref();
  return server;
}

function taken(data: string): FlotillaError {
  return new FlotillaError("CONFLICT", `Another agent runs on ${data} already. Stop it, or give this one another --data directory.`);
}

async function answers(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(path);
  socket.once("connect", () => resolve(true));
  socket.once("error", () => resolve(false));
  const answered = await promise;
  socket.destroy();
  return answered;
}
