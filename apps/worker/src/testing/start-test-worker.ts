import { createReadStream } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type BlobStore, createFileBlobStore } from "@flotilla/blob";
import type { ConversionOptions, UploadKind } from "@flotilla/contracts";
import type { Upload } from "@flotilla/db";
import { createTestDatabase, type TestDatabase } from "@flotilla/db/testing";
import { createQueue, type Queue } from "@flotilla/jobs";
import { createLogger } from "@flotilla/logger";
import type { WorkerLimits } from "../context.ts";
import { createWorker, type Worker } from "../create-worker.ts";

export const ORGANISATION = "00000000-0000-4000-8000-000000000001";

interface Choices {
  options?: ConversionOptions;
  targetVersionId?: string;
}

export interface TestWorker {
  database: TestDatabase;
  blob: BlobStore;
  queue: Queue;
  directory: string;
  /** Another worker on the same database and files, not started. */
  createWorker(): Worker;
  /** Puts bytes or a file in as an upload and returns the row once it has its verdict. */
  upload(kind: UploadKind, fileName: string, content: Uint8Array | string, choices?: Choices): Promise<Upload>;
  /** Names of files below `blobs`, `tmp` and `uploads`. */
  filesIn(folder: "blobs" | "tmp" | "uploads"): Promise<string[]>;
  stop(): Promise<void>;
}

/** A real database, queue, blob directory and worker, in one temporary directory. */
export async function startTestWorker(limits: Partial<WorkerLimits> = {}, options: { started?: boolean } = {}): Promise<TestWorker> {
  const database = await createTestDatabase();
  const directory = await mkdtemp(join(tmpdir(), "flotilla-worker-test-"));
  await Promise.all(["blobs", "tmp", "uploads"].map((folder) => mkdir(join(directory, folder))));
  // As a data directory is: another user, which a child is when the worker is root, gets through to its own folder.
  await chmod(directory, 0o755);
  const blob = createFileBlobStore({ directory: join(directory, "blobs") });
  const queue = createQueue({ url: database.url });
  await queue.start();
  const make = (): Worker =>
    createWorker({
      databaseUrl: database.url,
      blob,
      secretsDirectory: join(directory, "secrets"),
      temporaryDirectory: join(directory, "tmp"),
      logger: createLogger("worker", "silent"),
      limits,
    });
  const worker = make();
  if (options.started !== false) await worker.start();
  await database.db.prisma.organization.create({ data: { id: ORGANISATION, name: "Test", slug: "test" } });
  return {
    database,
    blob,
    queue,
    directory,
    createWorker: make,
    upload: (kind, fileName, content, choices) => upload({ database, blob, queue }, { kind, fileName, content, choices: choices ?? {} }),
    filesIn: (folder) => filesBelow(join(directory, folder)),
    async stop() {
      if (options.started !== false) await worker.stop();
      await queue.stop();
      await database.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A job's folder may be taken away between being named and being opened: then its files are gone, and the rest is read again. */
async function filesBelow(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch (cause) {
    const { code, path } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" && path !== directory) return await filesBelow(directory);
    throw cause;
  }
}

async function upload(
  { database, blob, queue }: Pick<TestWorker, "database" | "blob" | "queue">,
  file: { kind: string; fileName: string; content: Uint8Array | string; choices: Choices },
): Promise<Upload> {
  const { kind, fileName, content, choices } = file;
  const source = typeof content === "string" ? createReadStream(content) : Readable.from([content]);
  const sizeBytes = typeof content === "string" ? (await stat(content)).size : content.length;
  const { sha256 } = await blob.put(source, { maxBytes: sizeBytes });
  const row = await database.db.transaction(async (tx) => {
    const created = await tx.upload.create({
      data: {
        organisationId: ORGANISATION,
        kind,
        fileName,
        sizeBytes,
        sha256,
        state: "RECEIVED",
        ...choices,
        createdBy: "tester",
        receivedAt: new Date(),
      },
    });
    await queue.enqueue(tx, "inspect-upload", { organisationId: ORGANISATION, uploadId: created.id });
    return created;
  });
  return waitFor(async () => {
    const now = await database.db.prisma.upload.findUniqueOrThrow({ where: { id: row.id } });
    return now.verdictAt === null ? null : now;
  }, 60_000);
}

/** Asks every 50 ms until there is an answer. */
export async function waitFor<T>(ask: () => Promise<T | null>, timeoutMs: number): Promise<T> {
  const until = Date.now() + timeoutMs;
  while (Date.now() < until) {
    const answer = await ask();
    if (answer !== null) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing happened within ${timeoutMs} ms`);
}
