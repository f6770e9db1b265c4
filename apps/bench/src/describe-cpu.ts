import { readFile } from "node:fs/promises";
import { cpus } from "node:os";

/** The processor, and whether it adds 8-bit products without saturating. */
export async function describeCpu(): Promise<string> {
  const flags = await readFile("/proc/cpuinfo", "utf8").catch(() => "");
  return `${cpus()[0]?.model ?? "unknown CPU"}, ${/\b(avx512_vnni|avx_vnni|asimddp)\b/.test(flags) ? "with" : "without"} VNNI`;
}
