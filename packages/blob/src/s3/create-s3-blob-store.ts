import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { FlotillaError } from "@flotilla/contracts";
import type { BlobInfo, BlobStore, OpenOptions, PutOptions } from "../blob-store.ts";
import { blobNotFound, checkDigest } from "../check-digest.ts";
import { receiveToFile } from "../receive-to-file.ts";

export interface S3BlobStoreOptions {
  bucket: string;
  region: string;
  /** For S3-compatible stores: `http://localhost:9000`. Path-style addresses are used when it is given. */
  endpoint?: string;
  /** Key prefix inside the bucket, such as `flotilla/`. */
  prefix?: string;
  /** Absent: the SDK's own chain (environment, instance role). */
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** Where files are kept while they arrive, and local copies for processes that need a path. */
  cacheDirectory: string;
}

/**
 * Blobs as S3 objects `<prefix>ab/cd/<sha256>`.
 *
 * A digest is known only after the last byte, so bytes go to a local file first and then up in one PutObject with their
 * length and SHA-256: S3 refuses them if they change on the way. PutObject is atomic; objects of more than 5 GB are refused.
 */
export function createS3BlobStore(options: S3BlobStoreOptions): BlobStore {
  const client = new S3Client({
    region: options.region,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint, forcePathStyle: true }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  });
  const address = (sha256: string): { Bucket: string; Key: string } => {
    checkDigest(sha256);
    return { Bucket: options.bucket, Key: `${options.prefix ?? ""}${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}` };
  };
  return {
    stat: (sha256) => statObject(client, address(sha256)),
    put: (source, put) => putObject(client, address, options.cacheDirectory, source, put),
    open: (sha256, range) => openObject(client, address(sha256), sha256, range ?? {}),
    readParts: async (sha256, range, take) => {
      for await (const part of await openObject(client, address(sha256), sha256, range)) if (!(await take(part))) return;
    },
    localPath: async (sha256) => downloadOnce(client, address(sha256), sha256, options.cacheDirectory),
    delete: async (sha256) => {
      await client.send(new DeleteObjectCommand(address(sha256)));
      await rm(join(options.cacheDirectory, sha256), { force: true });
    },
  };
}

interface ObjectAddress {
  Bucket: string;
  Key: string;
}

async function statObject(client: S3Client, address: ObjectAddress): Promise<{ sizeBytes: number } | null> {
  try {
    const head = await client.send(new HeadObjectCommand(address));
    return { sizeBytes: head.ContentLength ?? 0 };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function putObject(
  client: S3Client,
  addressOf: (sha256: string) => ObjectAddress,
  cacheDirectory: string,
  source: AsyncIterable<Uint8Array>,
  options: PutOptions,
): Promise<BlobInfo> {
  await mkdir(cacheDirectory, { recursive: true });
  const temporary = join(cacheDirectory, `incoming-${randomUUID()}`);
  const info = await receiveToFile(temporary, source, options);
  try {
    await client.send(
      new PutObjectCommand({
        ...addressOf(info.sha256),
        Body: createReadStream(temporary),
        ContentLength: info.sizeBytes,
        ChecksumSHA256: Buffer.from(info.sha256, "hex").toString("base64"),
      }),
    );
    return info;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function openObject(client: S3Client, address: ObjectAddress, sha256: string, { start, end }: OpenOptions): Promise<Readable> {
  try {
    const ranged = start !== undefined || end !== undefined;
    const object = await client.send(
      new GetObjectCommand({ ...address, ...(ranged ? { Range: `bytes=${start ?? 0}-${end ?? ""}` } : {}) }),
    );
    if (!(object.Body instanceof Readable)) throw new FlotillaError("INTERNAL", "The object store answered without a body.");
    return object.Body;
  } catch (error) {
    if (isMissing(error)) throw blobNotFound(sha256);
    if (error instanceof S3ServiceException && error.name === "InvalidRange") {
      throw new FlotillaError("INVALID_INPUT", `The range ${start ?? 0}–${end ?? ""} lies outside the file.`, { cause: error });
    }
    throw error;
  }
}

/** A verified local copy: fetched to a temporary name, hashed against its digest, then moved. */
async function downloadOnce(client: S3Client, address: ObjectAddress, sha256: string, cacheDirectory: string): Promise<string> {
  const path = join(cacheDirectory, sha256);
  if ((await stat(path).catch(() => null)) !== null) return path;
  await mkdir(cacheDirectory, { recursive: true });
  const temporary = join(cacheDirectory, `fetching-${randomUUID()}`);
  const body = await openObject(client, address, sha256, {});
  await receiveToFile(temporary, body, { expectedSha256: sha256, maxBytes: Number.MAX_SAFE_INTEGER });
  await rename(temporary, path);
  return path;
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof S3ServiceException &&
    (error.name === "NotFound" || error.name === "NoSuchKey" || error.$metadata.httpStatusCode === 404)
  );
}
