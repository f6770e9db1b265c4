import { readFile } from "node:fs/promises";

/** Physical memory of a process (VmRSS of proc(5)); null where the system does not say, or the process is gone. */
export async function residentBytes(pid: number | undefined): Promise<number | null> {
  if (pid === undefined || process.platform !== "linux") return null;
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

/** Node and onnxruntime with a model of no size, and room for what allocators keep. */
const RUNTIME_BYTES = 512 * 1024 * 1024;

/**
 * The most that a host may take while it proves itself: four times what its variant is predicted to need, beside the runtime; and never
 * more than four fifths of the device. A prediction is of one input at a time, so a release that serves is held to the device alone.
 */
export function memoryLimitOf(deviceBytes: number, predictedBytes: number | null): number {
  const most = 0.8 * deviceBytes;
  return predictedBytes === null ? most : Math.min(most, RUNTIME_BYTES + 4 * predictedBytes);
}
