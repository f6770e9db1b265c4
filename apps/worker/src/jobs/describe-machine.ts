import { readFileSync } from "node:fs";
import { arch, cpus } from "node:os";
import { matchTargetProfile } from "@flotilla/domain";

/** Instruction sets that decide how fast and how exact 8-bit arithmetic is, best first. */
const FLAGS = ["amx_int8", "avx512_vnni", "avx_vnni", "avx512f", "avx2", "asimddp", "asimd"] as const;

export interface Machine {
  /** "AMD EPYC 7B13 (avx2)". */
  name: string;
  /** 8-bit products are summed without saturating: with VNNI on x86, always on ARM. */
  exactInt8: boolean;
  /** The device profile that it is one of; null for none. */
  targetProfile: string | null;
}

/** The processor that measures, with the flags that matter. */
export function describeMachine(): Machine {
  const flags = readFlags();
  const shown = FLAGS.filter((flag) => flags.has(flag));
  const model = cpus()[0]?.model.trim() ?? "unknown";
  const exactInt8 = arch() !== "x64" || shown.some((flag) => flag.includes("vnni") || flag === "amx_int8");
  const target = matchTargetProfile({ arch: arch(), cpuFlags: [...flags], runtimes: [] });
  return { name: `${model} (${shown.length === 0 ? arch() : shown.join(", ")})`, exactInt8, targetProfile: target?.id ?? null };
}

function readFlags(): Set<string> {
  try {
    const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "";
    return new Set(line.split(/\s+/));
  } catch {
    return new Set();
  }
}
