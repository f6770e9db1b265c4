import { deviceGatesSchema, FlotillaError, type ValidationReport } from "@flotilla/contracts";
import { type ModelVersion, notifyLive, type Tx, type Variant } from "@flotilla/db";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { toConvertedFile } from "../models/to-converted-file.ts";
import { toJson } from "../to-json.ts";
import { notFound } from "../views/not-found.ts";

export const createReleaseInput = z.object({
  modelVersionId: z.uuid(),
  variantIds: z.array(z.uuid()).min(1).max(16),
  /** Absent: named after the model, the version and the variants. */
  name: z.string().trim().min(1).max(120).optional(),
  goldenDataSetId: z.uuid(),
  goldenCount: z.number().int().min(1).max(256),
  gates: deviceGatesSchema,
  acceptFailedGates: z.boolean(),
});
export type CreateReleaseInput = z.infer<typeof createReleaseInput>;

/**
 * Begins a release: its row, its place in the model's line of releases, and the job that builds and signs it. Throws NOT_FOUND, INVALID_INPUT (a
 * variant of another version, more golden inputs than samples), CONFLICT (a validation gate failed and nobody accepted that).
 */
export async function createRelease(ctx: ServiceContext, actor: Actor, input: CreateReleaseInput): Promise<{ releaseId: string }> {
  const { organisationId } = actor;
  return ctx.db.transaction(async (tx) => {
    const version = await tx.modelVersion.findFirst({ where: { id: input.modelVersionId, organisationId }, include: { model: true } });
    if (version === null) throw notFound("model version");
    const variants = await findVariants(tx, organisationId, input);
    const failing = variants.filter((variant) => hasFailedGate(variant));
    if (failing.length > 0 && !input.acceptFailedGates) throw failedGates(failing);
    const isWrong = isWronglyConverted(version);
    if (isWrong && !input.acceptFailedGates) throw wronglyConverted(version.fileName);
    await checkGoldenSet(tx, organisationId, input);
    // The line's counter is taken in this transaction: two releases never get the same one.
    const { releaseCounter: counter } = await tx.model.update({
      where: { id: version.modelId },
      data: { releaseCounter: { increment: 1 } },
    });
    const suggested = `${version.model.name} ${version.version} · ${variants.map((variant) => variant.name).join(", ")}`;
    const taken = await tx.release.count({ where: { organisationId, modelId: version.modelId, name: suggested } });
    const release = await tx.release.create({
      data: {
        organisationId,
        modelId: version.modelId,
        modelVersionId: version.id,
        // Two releases of one name could not be told apart on a device's page.
        name: input.name ?? (taken === 0 ? suggested : `${suggested} · release ${counter}`),
        counter,
        variantIds: variants.map((variant) => variant.id),
        goldenDataSetId: input.goldenDataSetId,
        goldenCount: input.goldenCount,
        gates: toJson(input.gates),
        state: "BUILDING",
        gatesPassed: failing.length === 0 && !isWrong,
        createdBy: actor.userId,
        createdAt: ctx.clock(),
      },
    });
    await ctx.queue.enqueue(tx, "build-release", { organisationId, releaseId: release.id });
    await notifyLive(tx, { organisationId, topic: "release", id: release.id });
    return { releaseId: release.id };
  });
}

/** In the order that was asked for, each once. Which of them a device takes is `chooseVariant`'s to say. */
async function findVariants(tx: Tx, organisationId: string, input: CreateReleaseInput): Promise<Variant[]> {
  const ids = [...new Set(input.variantIds)];
  const found = await tx.variant.findMany({ where: { id: { in: ids }, organisationId } });
  return ids.map((id) => {
    const variant = found.find((one) => one.id === id);
    if (variant === undefined) throw notFound("variant");
    if (variant.modelVersionId !== input.modelVersionId) {
      throw new FlotillaError(
        "INVALID_INPUT",
        `The variant “${variant.name}” belongs to another model version: a release holds variants of one.`,
      );
    }
    return variant;
  });
}

async function checkGoldenSet(tx: Tx, organisationId: string, input: CreateReleaseInput): Promise<void> {
  const golden = await tx.dataSet.findFirst({ where: { id: input.goldenDataSetId, organisationId } });
  if (golden === null) throw notFound("data set");
  if (input.goldenCount <= golden.sampleCount) return;
  throw new FlotillaError(
    "INVALID_INPUT",
    `The golden set cannot have ${input.goldenCount} inputs: “${golden.name}” has ${golden.sampleCount} samples.`,
  );
}

function hasFailedGate(variant: Variant): boolean {
  const report = variant.report as unknown as ValidationReport | null;
  return report?.gates.some((gate) => gate.verdict === "fail") === true;
}

/** A version whose conversion was compared with its reference and found to answer differently: a failed gate of all its variants. */
function isWronglyConverted(version: ModelVersion): boolean {
  return toConvertedFile(version)?.conversion.check.passed === false;
}

function wronglyConverted(fileName: string): FlotillaError {
  return new FlotillaError(
    "CONFLICT",
    `What “${fileName}” was converted to answers differently than the file itself, so it is not released unless somebody accepts it.`,
  );
}

function failedGates(variants: readonly Variant[]): FlotillaError {
  const sentences = variants.flatMap((variant) => {
    const report = variant.report as unknown as ValidationReport | null;
    return (report?.gates ?? []).filter((gate) => gate.verdict === "fail").map((gate) => `${variant.name}: ${gate.sentence}`);
  });
  return new FlotillaError("CONFLICT", `A gate fails, so this is not released unless somebody accepts it. ${sentences.join(" ")}`);
}
