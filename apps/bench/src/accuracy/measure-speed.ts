import { measureInterleaved } from "@flotilla/validate/metrics";
import { Tensor, type InferenceSession } from "onnxruntime-node";
import { batchesOf, type PixelSet } from "./pixel-set.ts";
import { openSession } from "./runtime.ts";

/**
 * One sample, one thread, by turns with the original, in CPU time: other work on the machine disturbs that least, and the least of it less still.
 * `ratio` is the original's time over the variant's.
 */
export async function measureSpeed(
  source: Uint8Array,
  variant: Uint8Array,
  samples: PixelSet,
  maxMs = 250,
): Promise<{ ms: number; ratio: number }> {
  const [original, changed] = [await openSession(source), await openSession(variant)];
  const input = original.inputNames[0] ?? "";
  const [feeds] = batchesOf(samples, input, 1, [0])();
  const tensor = new Tensor("float32", feeds?.[input]?.data as Float32Array, [1, ...samples.shape]);
  const run = async (session: InferenceSession): Promise<void> => void (await session.run({ [input]: tensor }));
  const latency = await measureInterleaved(
    () => run(original),
    () => run(changed),
    { warmUpRuns: 2, minRuns: 12, maxRuns: 1000, maxMs, now: cpuMs },
  );
  for (const session of [original, changed]) await session.release();
  return { ms: latency.variant.minMs, ratio: latency.source.minMs / latency.variant.minMs };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
