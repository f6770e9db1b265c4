import { createFileBlobStore } from "@flotilla/blob";
import { createDb } from "@flotilla/db";
import { createQueue, type Queue } from "@flotilla/jobs";
import { createLogger, type LogLevel } from "@flotilla/logger";
import type { ServiceContext } from "@flotilla/services";
import type { DataDirectory } from "./data-directory.ts";

/** The use cases, as the supervisor itself calls them: on two connections of its own. */
export function openServices(
  databaseUrl: string,
  directory: DataDirectory,
  level: LogLevel = "warn",
): {
  ctx: ServiceContext;
  /** Not started: who enqueues starts it, and stops it before `close`. */
  queue: Queue;
  close: () => Promise<void>;
} {
  const logger = createLogger("standalone", level);
  const db = createDb({ url: databaseUrl, maxConnections: 2 });
  const queue = createQueue({ url: databaseUrl, logger });
  const blob = createFileBlobStore({ directory: directory.blobs });
  return { ctx: { db, blob, queue, clock: () => new Date(), logger }, queue, close: () => db.close() };
}
