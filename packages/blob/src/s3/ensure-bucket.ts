import { BucketAlreadyOwnedByYou, CreateBucketCommand, HeadBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { S3BlobStoreOptions } from "./create-s3-blob-store.ts";

/** Makes the bucket where it is missing. Who may not make buckets makes it by hand: then this only looks. */
export async function ensureBucket(options: Pick<S3BlobStoreOptions, "bucket" | "region" | "endpoint" | "credentials">): Promise<void> {
  const { bucket: Bucket, region, endpoint, credentials } = options;
  const client = new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === undefined ? {} : { credentials }),
  });
  try {
    await client.send(new HeadBucketCommand({ Bucket }));
  } catch {
    await client.send(new CreateBucketCommand({ Bucket })).catch((error: unknown) => {
      if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
    });
  } finally {
    client.destroy();
  }
}
