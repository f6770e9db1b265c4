import { join } from "node:path";
import { FlotillaError, isFlotillaError } from "@flotilla/contracts";
import type { Upload as UploadRow } from "@flotilla/db";
import { formatBytes } from "@flotilla/domain";
import { FileStore } from "@tus/file-store";
import { EVENTS, Metadata, Server, type Upload } from "@tus/server";
import type { Actor, ServiceContext } from "../context.ts";
import { findOpenUpload } from "./find-open-upload.ts";
import { finishUpload } from "./finish-upload.ts";
import { recordUploadProgress } from "./record-upload-progress.ts";
import { refuseUpload } from "./refuse-upload.ts";
import { removeUploadFiles } from "./remove-upload-files.ts";
import { isTooMuch, toFlotillaError, type TusError } from "./tus-errors.ts";
import { UPLOAD_LIMITS } from "./upload-limits.ts";

export interface TusServer {
  /** Answers one tus request of a person who may upload. The body is streamed to disk, never held. */
  handle(request: Request, actor: Actor): Promise<Response>;
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
    if (actor === undefined) throw new FlotillaError("UNAUTHENTICATED", "Nobody is signed in: sign in and try again.");
    return actor;
  };

  const server = new Server({
    path: "/api/upload",
    datastore: store,
    relativeLocation: true,
    // Nobody else's pages: without this the library allows every origin.
    allowedOrigins: () => false,
    maxSize: UPLOAD_LIMITS.maxBytes,
    postReceiveInterval: 1_000,
    async namingFunction(request, metadata) {
      const id = await nameUpload(services, actorOf(request), request.headers.get("upload-length"), metadata?.["uploadId"]);
      // Creating it again would throw away what has arrived.
      const begun = await store.getUpload(id).catch(() => null);
      if (begun !== null && begun.offset > 0)
        throw new FlotillaError("CONFLICT", "This upload is begun; ask how far it is and continue it.");
      return id;
    },
    async onIncomingRequest(request, id) {
      await findOpenUpload(services, actorOf(request), requireUuid(id));
    },
    async onUploadFinish(request, upload) {
      await complete(services, actorOf(request), { directory, uploadId: upload.id });
      return {};
    },
    async onResponseError(request, error) {
      const refusal = await refuse(services, { directory, actor: actorOf(request), request }, error);
      return { status_code: refusal.status, body: JSON.stringify({ code: refusal.code, message: refusal.message }) };
    },
  });
  server.on(EVENTS.POST_RECEIVE, (_request: unknown, upload: Upload) => void noteProgress(services, upload.id, upload.offset));

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
      // Before the answer: whoever hears that a part has arrived can rely on its being counted.
      if (request.method === "PATCH" && response.ok && id !== null && offset > 0) await noteProgress(services, id, offset);
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
    throw new FlotillaError(
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
  try {
    await finishUpload(services, actor, { uploadId, path: join(directory, uploadId) });
  } catch (error) {
    if (isFlotillaError(error) && error.code !== "UPLOAD_INCOMPLETE") await removeUploadFiles(directory, uploadId);
    throw error;
  }
  await removeUploadFiles(directory, uploadId);
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

async function noteProgress(services: ServiceContext, uploadId: string, receivedBytes: number): Promise<void> {
  try {
    await recordUploadProgress(services, { uploadId, receivedBytes });
  } catch (error) {
    services.logger.warn({ err: error, uploadId }, "an upload's progress could not be noted");
  }
}

/** Turns an error into its answer. An upload that sends more than it announced is over: it would never end. */
async function refuse(
  services: ServiceContext,
  { directory, actor, request }: { directory: string; actor: Actor; request: Request },
  error: TusError,
): Promise<FlotillaError> {
  if (isTooMuch(error)) {
    const id = idOf(request) ?? announcedId(request);
    const upload = id === null ? null : await findOpenUpload(services, actor, id).catch(() => null);
    if (upload !== null) return refuseEndless(services, directory, upload);
  }
  const known = toFlotillaError(error);
  if (known !== null) return known;
  services.logger.error({ err: error }, "an upload failed");
  return new FlotillaError("INTERNAL", "The upload could not be stored; it continues with the next try.");
}

async function refuseEndless(services: ServiceContext, directory: string, upload: UploadRow): Promise<FlotillaError> {
  const announced = formatBytes(Number(upload.sizeBytes));
  const refusal = new FlotillaError(
    "TOO_LARGE",
    `"${upload.fileName}" was announced with ${announced} and more came, so it was not taken. Choose the file again once nothing writes to it.`,
  );
  await refuseUpload(services, upload, refusal);
  await removeUploadFiles(directory, upload.id);
  return refusal;
}

function idOf(request: Request): string | null {
  const last = new URL(request.url).pathname.split("/").at(-1) ?? "";
  return UUID.test(last) ? last : null;
}

/** The first request of an upload names it in its metadata, not in its path. */
function announcedId(request: Request): string | null {
  const { uploadId } = Metadata.parse(request.headers.get("upload-metadata") ?? undefined);
  return typeof uploadId === "string" && UUID.test(uploadId) ? uploadId : null;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function requireUuid(value: string | null | undefined): string {
  if (value !== null && value !== undefined && UUID.test(value)) return value;
  throw new FlotillaError("INVALID_INPUT", "The upload's metadata does not name the upload that was begun.");
}
