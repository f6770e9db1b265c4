import { type ConstantInputs, findConstants } from "@flotilla/validate/feed";
import { openSamples } from "../data-sets/open-samples.ts";
import { openSession } from "../runtime/open-session.ts";
import { planSamples } from "../runtime/run-samples.ts";
import type { DataSetFiles } from "../sandbox/protocol.ts";

/** What a data set always feeds a model with. */
export async function alwaysOf(model: Uint8Array, data: DataSetFiles): Promise<ConstantInputs> {
  const samples = await openSamples(data);
  const session = await openSession(model, { threads: 1 });
  const constants = await findConstants(planSamples(session, samples), samples);
  await session.release();
  await samples.close();
  return constants;
}
