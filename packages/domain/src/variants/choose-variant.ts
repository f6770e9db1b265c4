import type { DeviceProfile, Reason, VariantFormat } from "@flotilla/contracts";
import { formatBytes } from "../text/format.ts";
import { findRuntime } from "./find-runtime.ts";
import { matchTargetProfile } from "./match-target-profile.ts";

/** What a release offers to a device; the order is the release's own. */
export interface VariantOffer {
  readonly id: string;
  readonly name: string;
  readonly format: VariantFormat;
  readonly opset: number;
  readonly sizeBytes: number;
  /** Names of device profiles: a device's own name for itself, or the id of a target profile that it matches. Empty: any may run it. */
  readonly profiles: readonly string[];
  readonly predictedMemoryBytes: number;
}

export type VariantChoice = { readonly variant: VariantOffer } | { readonly refusal: Reason };

/**
 * The variant that a device of this profile gets: of those it can run, one that names its profile before one for any profile, then
 * the smallest. A refusal names the number that stands in the way.
 */
export function chooseVariant(offers: readonly VariantOffer[], profile: DeviceProfile): VariantChoice {
  const refusals: Reason[] = [];
  const fitting = offers.filter((offer) => {
    const refusal = whyNot(offer, profile);
    if (refusal !== null) refusals.push(refusal);
    return refusal === null;
  });
  const [best] = fitting.toSorted(
    (a, b) => Number(b.profiles.length > 0) - Number(a.profiles.length > 0) || a.sizeBytes - b.sizeBytes || (a.id < b.id ? -1 : 1),
  );
  if (best !== undefined) return { variant: best };
  const [first] = refusals;
  return {
    refusal: first ?? { code: "PROFILE_MISMATCH", message: "The release has no variant. Release the version again with at least one." },
  };
}

/** What a device lacks for a format, and what to do about it. */
const MISSING: Record<VariantFormat, { readonly needs: string; readonly remedy: string }> = {
  onnx: { needs: "onnxruntime", remedy: "Install the agent with its runtime." },
  ort: { needs: "onnxruntime for files in ORT format", remedy: "Update the agent, or add an ONNX variant to the release." },
  tflite: { needs: "a runtime for TFLite files", remedy: "Add an ONNX or ORT variant to the release." },
};

function whyNot(offer: VariantOffer, profile: DeviceProfile): Reason | null {
  const target = matchTargetProfile(profile);
  if (offer.profiles.length > 0 && !offer.profiles.includes(profile.name) && !offer.profiles.includes(target?.id ?? "")) {
    return {
      code: "PROFILE_MISMATCH",
      message: `“${offer.name}” is for ${offer.profiles.join(", ")}, and this device is ${profile.name}${target === null ? "" : ` (${target.id})`}. Add a variant for it to the release.`,
    };
  }
  const runtime = findRuntime(profile, offer.format);
  if (runtime === undefined) {
    const { needs, remedy } = MISSING[offer.format];
    const has = profile.runtimes.map(({ name, version, formats }) => `${name} ${version} for ${(formats ?? ["onnx"]).join(" and ")}`);
    const found = has.length === 0 ? "found none" : `has ${has.join(", ")}`;
    return { code: "RUNTIME_MISSING", message: `“${offer.name}” needs ${needs}, and the device's agent ${found}. ${remedy}` };
  }
  // A TFLite file has no operator set: what was it of ONNX says nothing of the runtime.
  if (offer.format !== "tflite" && offer.opset > runtime.maxOpset) {
    return {
      code: "OPSET_TOO_NEW",
      message: `“${offer.name}” uses opset ${offer.opset}; ${runtime.name} ${runtime.version} on the device knows up to ${runtime.maxOpset}. Update the agent.`,
    };
  }
  if (offer.predictedMemoryBytes > profile.memoryBytes) {
    return {
      code: "NOT_ENOUGH_MEMORY",
      message: `“${offer.name}” needs about ${formatBytes(offer.predictedMemoryBytes)} of memory; the device has ${formatBytes(profile.memoryBytes)}. Choose a smaller variant.`,
    };
  }
  return null;
}
