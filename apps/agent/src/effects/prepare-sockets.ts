import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FlotillaError } from "@flotilla/contracts";
import type { AgentPaths } from "./agent-paths.ts";

/** Room for the file name inside the 107 bytes that a Unix socket's path may have. */
const MAX_SOCKET_DIRECTORY = 80;

export type Sockets = { agent: string; directory: string; dispose: () => Promise<void> };

/**
 * Where sockets go: under the data directory, or in a short temporary one where its path is too long. Two agents on one data directory
 * would each undo the other's work: the socket that answers tells. Throws CONFLICT.
 */
export async function prepareSockets(paths: AgentPaths): Promise<Sockets> {
  const fits = Buffer.byteLength(paths.data) <= MAX_SOCKET_DIRECTORY;
  if (fits && (await answers(paths.socket))) {
    throw new FlotillaError("CONFLICT", `Another agent runs on ${paths.data} already. Stop it, or give this one another --data directory.`);
  }
  if (!fits) {
    const directory = await mkdtemp(join(tmpdir(), "flotilla-"));
    return { agent: join(directory, "agent.sock"), directory, dispose: async () => await rm(directory, { recursive: true, force: true }) };
  }
  const directory = join(paths.data, "run");
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return { agent: paths.socket, directory, dispose: async () => undefined };
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
