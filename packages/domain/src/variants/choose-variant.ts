import type { DeviceProfile, Reason } from "@flotilla/contracts";
import { formatBytes } from "../text/format.ts";
import { matchTargetProfile } from "./match-target-profile.ts";

/** What a release offers to a device; the order is the release's own. */
export interface VariantOffer {
  readonly id: string;
  readonly name: string;
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

function whyNot(offer: VariantOffer, profile: DeviceProfile): Reason | null {
  const target = matchTargetProfile(profile);
  if (offer.profiles.length > 0 && !offer.profiles.includes(profile.name) && !offer.profiles.includes(target?.id ?? "")) {
    return {
      code: "PROFILE_MISMATCH",
      message: `“${offer.name}” is for ${offer.profiles.join(", ")}, and this device is ${profile.name}${target === null ? "" : ` (${target.id})`}. Add a variant for it to the release.`,
    };
  }
  const runtime = profile.runtimes.find(({ name }) => name === "onnxruntime");
  if (runtime === undefined) {
    return {
      code: "RUNTIME_MISSING",
      message: `“${offer.name}” needs onnxruntime, and the device's agent found none. Install the agent with its runtime.`,
    };
  }
  if (offer.opset > runtime.maxOpset) {
    return {
      code: "OPSET_TOO_NEW",
      message: `“${offer.name}” uses opset ${offer.opset}; onnxruntime ${runtime.version} on the device knows up to ${runtime.maxOpset}. Update the agent.`,
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
