import { tmpdir } from "node:os";
import path from "node:path";
import { type BlobStore, createFileBlobStore, createS3BlobStore } from "@flotilla/blob";

export interface BlobSettings {
  BLOB_DIR?: string | undefined;
  S3_BUCKET?: string | undefined;
  S3_REGION: string;
  S3_ENDPOINT?: string | undefined;
  S3_PREFIX: string;
}

/** Files where a directory is given, else S3. */
export function openBlobStore({ BLOB_DIR, S3_BUCKET, S3_REGION, S3_ENDPOINT, S3_PREFIX }: BlobSettings): BlobStore {
  if (BLOB_DIR !== undefined) return createFileBlobStore({ directory: BLOB_DIR });
  return createS3BlobStore({
    bucket: S3_BUCKET ?? "",
    region: S3_REGION,
    prefix: S3_PREFIX,
    cacheDirectory: path.join(tmpdir(), "flotilla-gateway"),
    ...(S3_ENDPOINT === undefined ? {} : { endpoint: S3_ENDPOINT }),
  });
}
