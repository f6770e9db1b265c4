export type { BlobInfo, BlobStore, OpenOptions, PutOptions, TakePart } from "./blob-store.ts";
export { createFileBlobStore, type FileBlobStoreOptions } from "./files/create-file-blob-store.ts";
export { createS3BlobStore, type S3BlobStoreOptions } from "./s3/create-s3-blob-store.ts";
export { ensureBucket } from "./s3/ensure-bucket.ts";
