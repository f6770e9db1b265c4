import { join } from "node:path";
import { type BlobStore, createFileBlobStore, createS3BlobStore } from "@flotilla/blob";
import type { Env } from "./env.ts";

/** Files under BLOB_DIR, or S3 where a bucket is named. */
export function openBlobStore(env: Env): BlobStore {
  if (env.S3_BUCKET !== undefined) {
    const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = env;
    return createS3BlobStore({
      bucket: env.S3_BUCKET,
      region: env.S3_REGION,
      cacheDirectory: join(env.TEMP_DIR, "blob-cache"),
      ...(env.S3_ENDPOINT === undefined ? {} : { endpoint: env.S3_ENDPOINT }),
      ...(env.S3_PREFIX === undefined ? {} : { prefix: env.S3_PREFIX }),
      ...(accessKeyId === undefined || secretAccessKey === undefined ? {} : { credentials: { accessKeyId, secretAccessKey } }),
    });
  }
  if (env.BLOB_DIR === undefined) throw new Error("Set BLOB_DIR to a directory for files, or S3_BUCKET to a bucket.");
  return createFileBlobStore({ directory: env.BLOB_DIR });
}
