import { rm } from "node:fs/promises";
import { join } from "node:path";
import { isFlotillaError } from "@flotilla/contracts";
import { type Actor, findOpenUpload, finishUpload, recordUploadProgress, type ServiceContext, UPLOAD_LIMITS } from "@flotilla/services";
import { FileStore } from "@tus/file-store";
import { EVENTS, Server, type Upload } from "@tus/server";

export interface TusServer {
  /** Answers one tus request of a person who may upload. The body is streamed to disk, never held. */
  handle(request: Request, actor: Actor): Promise<Response>;
}

/** A refusal in the tus library's form. */
class TusRefusal extends Error {
  readonly status_code: number;
  readonly body: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status_code = status;
    this.body = JSON.stringify({ code, message });
  }
}

/**
 * Resumable uploads (tus 1.0.0) into `directory`, one file an upload row, named by its id. The row is asked at every request: it must be open and of
 * the caller's organisation. The last byte hands the file to `finishUpload`.
 */
export function createTusServer({ services, directory }: { services: ServiceContext; directory: string }): TusServer {
  const store = new FileStore({ directory });
  /** The library passes the same request object to its hooks, and has no other way to tell them who asks. */
  const actors = new WeakMap<object, Actor>();
  const actorOf = (request: object): Actor => {
    const actor = actors.get(request);
    if (actor === undefined) throw new TusRefusal(401, "UNAUTHENTICATED", "Nobody is signed in.");
    return actor;
  };

  const server = new Server({
    path: "/api/upload",
    datastore: store,
    relativeLocation: true,
    // Nobody else's pages: without this the library allows every origin.
    allowedOrigins: () => false,
    maxSize: Math.max(UPLOAD_LIMITS.maxModelBytes, UPLOAD_LIMITS.maxDataSetBytes),
    postReceiveInterval: 1_000,
    namingFunction: (request, metadata) =>
      nameUpload(services, actorOf(request), request.headers.get("upload-length"), metadata?.["uploadId"]),
    async onIncomingRequest(request, id) {
      await findOpenUpload(services, actorOf(request), requireUuid(id));
    },
    async onUploadFinish(request, upload) {
      await complete(services, actorOf(request), { directory, uploadId: upload.id });
      return {};
    },
    onResponseError: (_request, error) => describe(services, error),
  });
  server.on(EVENTS.POST_RECEIVE, (_request: unknown, upload: Upload) => noteProgress(services, upload.id, upload.offset));

  return {
    async handle(request, actor) {
      actors.set(request, actor);
      if (request.method === "HEAD") {
        const finished = await answerFinished({ services, store, directory }, actor, request);
        if (finished !== null) return finished;
      }
      const response = await server.handleWeb(request);
      const offset = Number(response.headers.get("upload-offset"));
      const id = idOf(request);
      if (request.method === "PATCH" && response.ok && id !== null && offset > 0) noteProgress(services, id, offset);
      return response;
    },
  };
}

/** The file is named by the row that `uploads.begin` made; length and row must agree. */
async function nameUpload(
  services: ServiceContext,
  actor: Actor,
  length: string | null,
  uploadId: string | null | undefined,
): Promise<string> {
  const upload = await findOpenUpload(services, actor, requireUuid(uploadId));
  if (length === null || Number(length) !== Number(upload.sizeBytes)) {
    throw new TusRefusal(
      400,
      "INVALID_INPUT",
      `This upload was announced with ${upload.sizeBytes} bytes, not with ${length ?? "an unknown number"}.`,
    );
  }
  return upload.id;
}

/** Hands a file that is complete to the services and removes it, except where only a passing fault stopped it: then it can be tried again. */
async function complete(
  services: ServiceContext,
  actor: Actor,
  { directory, uploadId }: { directory: string; uploadId: string },
): Promise<void> {
  const path = join(directory, uploadId);
  try {
    await finishUpload(services, actor, { uploadId, path });
  } catch (error) {
    if (isFlotillaError(error) && error.code !== "UPLOAD_INCOMPLETE") await removeFiles(path);
    throw error;
  }
  await removeFiles(path);
}

async function removeFiles(path: string): Promise<void> {
  await Promise.all([rm(path, { force: true }), rm(`${path}.json`, { force: true })]);
}

/**
 * A client that lost the answer to its last bytes asks with HEAD how far it came. What is complete is said to be complete; a file that is
 * complete on disk, but was never handed over because the process died, is handed over now. null: the library answers.
 */
async function answerFinished(
  { services, store, directory }: { services: ServiceContext; store: FileStore; directory: string },
  actor: Actor,
  request: Request,
): Promise<Response | null> {
  const id = idOf(request);
  if (id === null) return null;
  const row = await services.db.prisma.upload.findFirst({
    where: { id, organisationId: actor.organisationId },
    select: { state: true, sizeBytes: true },
  });
  if (row === null || row.state === "EXPIRED" || row.state === "REJECTED") return null;
  if (row.state === "UPLOADING") {
    const file = await store.getUpload(id).catch(() => null);
    if (file === null || file.offset !== Number(row.sizeBytes)) return null;
    await complete(services, actor, { directory, uploadId: id });
  }
  const size = String(row.sizeBytes);
  return new Response(null, {
    headers: { "tus-resumable": "1.0.0", "upload-offset": size, "upload-length": size, "cache-control": "no-store" },
  });
}

function noteProgress(services: ServiceContext, uploadId: string, receivedBytes: number): void {
  recordUploadProgress(services, { uploadId, receivedBytes }).catch((error: unknown) => {
    services.logger.warn({ err: error, uploadId }, "an upload's progress could not be noted");
  });
}

function describe(
  services: ServiceContext,
  error: Error | { status_code: number; body: string },
): { status_code: number; body: string } | undefined {
  if (isFlotillaError(error)) return { status_code: error.status, body: JSON.stringify({ code: error.code, message: error.message }) };
  if ("status_code" in error) return undefined;
  services.logger.error({ err: error }, "an upload failed");
  return {
    status_code: 500,
    body: JSON.stringify({ code: "INTERNAL", message: "The upload could not be stored; it continues with the next try." }),
  };
}

function idOf(request: Request): string | null {
  const last = new URL(request.url).pathname.split("/").at(-1) ?? "";
  return UUID.test(last) ? last : null;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function requireUuid(value: string | null | undefined): string {
  if (value !== null && value !== undefined && UUID.test(value)) return value;
  throw new TusRefusal(400, "INVALID_INPUT", "The upload's metadata does not name the upload that was begun.");
}
