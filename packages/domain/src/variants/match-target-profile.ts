import type { DeviceProfile } from "@flotilla/contracts";
import { TARGET_PROFILES, type TargetProfile } from "@flotilla/contracts/profiles";

/**
 * Which kind of device a device is, by what its agent probed: architecture, CPU flags and runtimes. null where it fits none, such as a
 * 32-bit board. A device without any runtime is judged by its processor alone.
 */
export function matchTargetProfile(device: Pick<DeviceProfile, "arch" | "cpuFlags" | "runtimes">): TargetProfile | null {
  return TARGET_PROFILES.find((target) => fits(target, device)) ?? null;
}

function fits(target: TargetProfile, device: Pick<DeviceProfile, "arch" | "cpuFlags" | "runtimes">): boolean {
  const flags = new Set(device.cpuFlags);
  const hasRuntime = device.runtimes.some(({ name }) => name === target.runtime);
  if (target.arch === "other") return hasRuntime && target.runtime !== "onnxruntime";
  if (target.arch !== device.arch || (device.runtimes.length > 0 && !hasRuntime)) return false;
  if (!target.requiresFlags.every((flag) => flags.has(flag))) return false;
  return target.requiresOneOf.length === 0 || target.requiresOneOf.some((flag) => flags.has(flag));
}
