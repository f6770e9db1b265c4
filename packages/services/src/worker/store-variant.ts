import type { FileTensors, Recipe, Statement, VariantFormat } from "@flotilla/contracts";
import { notifyLive, type Variant } from "@flotilla/db";
import type { ServiceContext } from "../context.ts";
import { toJson } from "../to-json.ts";
import { claimBlob } from "../uploads/lock-blob.ts";
import { storeDetail } from "./store-detail.ts";

export interface StoreVariantInput {
  job: { id: string; organisationId: string; modelVersionId: string };
  modelId: string;
  recipe: Recipe;
  cacheKey: string;
  sha256: string;
  sizeBytes: number;
  opset: number;
  format: VariantFormat;
  /** null where the file's inputs and outputs are the model's own. */
  tensors: FileTensors | null;
  warnings: readonly Statement[];
  /** `Activations` of the contracts; null where the recipe calibrates nothing. */
  activations: unknown;
}

/** Writes the variant that a job made. The same recipe again gives the same row, with the newer job and name. */
export async function storeVariant(ctx: ServiceContext, input: StoreVariantInput): Promise<Variant> {
  const { job, recipe, cacheKey, sha256, opset, format, activations } = input;
  const { organisationId, modelVersionId } = job;
  return ctx.db.transaction(async (tx) => {
    await claimBlob(ctx, tx, sha256);
    const tensors = input.tensors === null ? {} : { tensors: toJson(input.tensors) };
    const made = { sha256, sizeBytes: input.sizeBytes, opset, format, ...tensors, warnings: toJson(input.warnings) };
    const facts = { name: recipe.name, recipe: toJson(recipe), jobId: job.id, ...made };
    const variant = await tx.variant.upsert({
      where: { modelVersionId_cacheKey: { modelVersionId, cacheKey } },
      create: { organisationId, modelVersionId, cacheKey, createdAt: ctx.clock(), ...facts },
      update: facts,
    });
    if (activations !== null) await storeDetail(tx, variant, { activations: toJson(activations) });
    await tx.job.updateMany({ where: { id: job.id, organisationId }, data: { variantId: variant.id } });
    await notifyLive(tx, { organisationId, topic: "model", id: input.modelId });
    return variant;
  });
}
