import type { Conversion, SourceFormat } from "@flotilla/contracts";
import type { ConvertedFile } from "@flotilla/contracts/views";
import type { ModelVersion } from "@flotilla/db";

/** The uploaded file of a version that was converted; null where the version's file is what was uploaded. */
export function toConvertedFile(version: ModelVersion): ConvertedFile | null {
  const { uploadedSha256, uploadedSizeBytes, uploadedFormat, conversion } = version;
  if (uploadedSha256 === null || conversion === null) return null;
  return {
    sha256: uploadedSha256,
    sizeBytes: Number(uploadedSizeBytes),
    format: uploadedFormat as SourceFormat,
    conversion: conversion as unknown as Conversion,
  };
}
