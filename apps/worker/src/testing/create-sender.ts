import { createHash } from "node:crypto";
import { join } from "node:path";
import { isFlotillaError } from "@flotilla/contracts";
import type { Upload } from "@flotilla/db";
import { createLogger } from "@flotilla/logger";
import { type Actor, beginUpload, expireUploads, type ServiceContext } from "@flotilla/services";
import { createTusServer } from "@flotilla/services/tus";
import { ORGANISATION, type TestWorker, waitFor } from "./start-test-worker.ts";

/** How an attempt to upload ended; `state` is REFUSED where it never became an upload. */
export interface Outcome {
  state: string;
  code: string | null;
  sentence: string | null;
}

export interface Announcement {
  kind: "model" | "data-set";
  fileName: string;
  sizeBytes: number;
  sha256?: string;
}

/** Somebody at a browser: announces a file, sends it by tus, and reads the verdict. Everything behind it is real but the clock. */
export interface Sender {
  /** Announces a file and asks for its place. A refusal is thrown as an Outcome. */
  begin(file: Announcement): Promise<string>;
  /** Sends bytes from `offset` on. */
  send(uploadId: string, offset: number, body: NonNullable<RequestInit["body"]>): Promise<void>;
  /** The ordinary way: all of a file, in one request. */
  sendWhole(kind: Announcement["kind"], fileName: string, content: Uint8Array): Promise<Outcome>;
  /** Waits for the verdict. */
  outcomeOf(uploadId: string): Promise<Outcome>;
  /** Lets time pass, and what sweeps unfinished uploads run. */
  wait(milliseconds: number): Promise<void>;
}

const ACTOR: Actor = { userId: "tester", name: "Tester", organisationId: ORGANISATION, role: "engineer" };
const OCTETS = "application/offset+octet-stream";

export function createSender({ database, blob, queue, directory }: TestWorker): Sender {
  const uploadDirectory = join(directory, "uploads");
  let passedMs = 0;
  const services: ServiceContext = {
    db: database.db,
    blob,
    queue,
    clock: () => new Date(Date.now() + passedMs),
    logger: createLogger("test", "silent"),
    uploadDirectory,
  };
  const tus = createTusServer({ services, directory: uploadDirectory });
  const ask = async (method: string, path: string, headers: Record<string, string>, body?: NonNullable<RequestInit["body"]>) => {
    const init = { method, headers: { "tus-resumable": "1.0.0", ...headers }, duplex: "half" as const, ...(body ? { body } : {}) };
    return tus.handle(new Request(`http://localhost/api/upload${path}`, init), ACTOR);
  };

  const sender: Sender = {
    async begin(file) {
      const { uploadId } = await beginUpload(services, ACTOR, { ...file, sha256: file.sha256 ?? null }).catch((error: unknown) => {
        throw isFlotillaError(error) ? { state: "REFUSED", code: error.code, sentence: error.message } : error;
      });
      const metadata = `uploadId ${Buffer.from(uploadId).toString("base64")}`;
      const created = await ask("POST", "", { "upload-length": String(file.sizeBytes), "upload-metadata": metadata });
      if (created.status !== 201) throw new Error(`${created.status}: ${await created.text()}`);
      return uploadId;
    },
    async send(uploadId, offset, body) {
      await ask("PATCH", `/${uploadId}`, { "upload-offset": String(offset), "content-type": OCTETS }, body);
    },
    async sendWhole(kind, fileName, content) {
      const sha256 = createHash("sha256").update(content).digest("hex");
      const uploadId = await sender.begin({ kind, fileName, sizeBytes: content.length, sha256 });
      await sender.send(uploadId, 0, Uint8Array.from(content));
      return sender.outcomeOf(uploadId);
    },
    async outcomeOf(uploadId) {
      const row = await waitFor(() => findVerdict(database, uploadId), 60_000);
      return { state: row.state, code: row.errorCode, sentence: row.errorMessage };
    },
    async wait(milliseconds) {
      passedMs += milliseconds;
      await expireUploads(services, { directory: uploadDirectory });
    },
  };
  return sender;
}

async function findVerdict(database: TestWorker["database"], id: string): Promise<Upload | null> {
  const row = await database.db.prisma.upload.findUniqueOrThrow({ where: { id } });
  return row.verdictAt === null ? null : row;
}
