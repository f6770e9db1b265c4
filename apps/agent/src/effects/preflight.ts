import { type DeviceProfile, FlotillaError, type ManifestVariant, type ReleaseFile } from "@flotilla/contracts";
import { findRuntime, matchTargetProfile } from "@flotilla/domain";

/** Room that is left alone: journals, spool and the rest of the device live there too. */
const DISK_RESERVE_BYTES = 16 * 1024 * 1024;

const FORMAT_NAMES = { onnx: "ONNX", ort: "ORT", tflite: "TFLite" } as const;

export type PreflightInput = {
  profile: DeviceProfile;
  variant: ManifestVariant;
  files: readonly ReleaseFile[];
  diskFreeBytes: number;
  memoryFreeBytes: number;
  /** Bytes of this release that lie on the disk already. */
  presentBytes: number;
  standby: boolean;
};

/** Refuses, with its number, what cannot run here; before one byte is fetched. */
export function preflight(input: PreflightInput): void {
  const { profile, variant, files } = input;
  const target = matchTargetProfile(profile)?.id ?? "unknown";
  if (variant.profiles.length > 0 && !variant.profiles.includes(profile.name) && !variant.profiles.includes(target)) {
    throw new FlotillaError(
      "PROFILE_MISMATCH",
      `The variant ${variant.name} is for ${variant.profiles.join(", ")}; this device is ${profile.name} (${target}).`,
    );
  }
  const format = variant.format ?? "onnx";
  const runtime = findRuntime(profile, format);
  if (runtime === undefined) {
    throw new FlotillaError(
      "RUNTIME_MISSING",
      `The variant ${variant.name} is a file in ${FORMAT_NAMES[format]} format, for which this device has no runtime. ${format === "tflite" ? "Release an ONNX or ORT variant for it." : "Install onnxruntime-node beside the agent."}`,
    );
  }
  if (format !== "tflite" && variant.opset > runtime.maxOpset) {
    throw new FlotillaError(
      "OPSET_TOO_NEW",
      `The variant ${variant.name} uses opset ${variant.opset}; ${runtime.name} ${runtime.version} on this device reads up to ${runtime.maxOpset}.`,
    );
  }
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  // Twice: the download and the slot. What is there already is not written again.
  const neededBytes = input.standby ? 0 : 2 * sizeBytes - Math.min(input.presentBytes, sizeBytes) + DISK_RESERVE_BYTES;
  if (neededBytes > input.diskFreeBytes) {
    throw new FlotillaError(
      "NOT_ENOUGH_DISK",
      `The release needs ${megabytes(neededBytes)} of disk to be unpacked beside the running one; ${megabytes(input.diskFreeBytes)} are free.`,
    );
  }
  if (variant.predictedMemoryBytes > input.memoryFreeBytes) {
    throw new FlotillaError(
      "NOT_ENOUGH_MEMORY",
      `The variant ${variant.name} is predicted to need ${megabytes(variant.predictedMemoryBytes)} of memory; ${megabytes(input.memoryFreeBytes)} are available.`,
    );
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
