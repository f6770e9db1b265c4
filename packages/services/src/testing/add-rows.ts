import { createHash, randomUUID } from "node:crypto";
import type { Inspection, ModelCard, Recipe, ValidationReport, VariantFormat } from "@flotilla/contracts";
import type { DataSet, ModelVersion, Variant } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";

const SOURCE_RECIPE: Recipe = { schemaVersion: 1, name: "original", passes: [] };

export const testCard: ModelCard = {
  task: "classification",
  preprocessing: {
    kind: "image",
    width: 28,
    height: 28,
    channels: 1,
    channelOrder: "rgb",
    layout: "nhwc",
    scale: 1 / 255,
    mean: [0],
    std: [1],
  },
  labels: [],
  notes: "",
};

export function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function inspectionOf(sha256: string, sizeBytes: number): Inspection {
  return {
    format: "onnx",
    sha256,
    sizeBytes,
    opsets: { "": 17 },
    inputs: [{ name: "image", type: "float32", shape: ["n", 28, 28, 1] }],
    outputs: [{ name: "probabilities", type: "float32", shape: ["n", 10] }],
    operators: { Conv: 2 },
    nodeCount: 2,
    parameterCount: 10,
    weightBytes: 40,
    memoryEstimateBytes: null,
    metadata: {},
    notes: [],
  };
}

export interface AddedVersion {
  version: ModelVersion;
  source: Variant;
}

/** A model with one version and its original as variant, as `inspect-upload` leaves them. */
export async function addModelVersion(
  ctx: ServiceContext,
  actor: Actor,
  name: string = randomUUID(),
  card: ModelCard = testCard,
): Promise<AddedVersion> {
  const sha256 = sha256Of(name);
  const { organisationId, userId } = actor;
  const createdAt = ctx.clock();
  const model = await ctx.db.prisma.model.create({ data: { organisationId, name, createdAt } });
  const version = await ctx.db.prisma.modelVersion.create({
    data: {
      organisationId,
      modelId: model.id,
      version: 1,
      fileName: `${name}.onnx`,
      sha256,
      sizeBytes: 1000,
      inspection: inspectionOf(sha256, 1000),
      card,
      createdBy: userId,
      createdAt,
    },
  });
  return { version, source: await addVariant(ctx, version, { name: "fp32 original", sizeBytes: 1000, isSource: true, createdAt }) };
}

export interface VariantOptions {
  name: string;
  sizeBytes: number;
  isSource?: boolean;
  format?: VariantFormat;
  report?: ValidationReport;
  createdAt?: Date;
}

export function addVariant(ctx: ServiceContext, version: ModelVersion, options: VariantOptions): Promise<Variant> {
  return ctx.db.prisma.variant.create({
    data: {
      organisationId: version.organisationId,
      modelVersionId: version.id,
      name: options.name,
      recipe: { ...SOURCE_RECIPE, name: options.name },
      cacheKey: options.name,
      sha256: options.isSource === true ? version.sha256 : sha256Of(version.id + options.name),
      sizeBytes: options.sizeBytes,
      opset: 17,
      format: options.format ?? "onnx",
      isSource: options.isSource ?? false,
      createdAt: options.createdAt ?? ctx.clock(),
      ...(options.report === undefined ? {} : { report: options.report }),
    },
  });
}

export function addDataSet(ctx: ServiceContext, actor: Actor, options: Partial<DataSet> = {}): Promise<DataSet> {
  return ctx.db.prisma.dataSet.create({
    data: {
      organisationId: actor.organisationId,
      name: options.name ?? "digits",
      kind: options.kind ?? "images",
      sha256: options.sha256 ?? sha256Of(randomUUID()),
      sourceSha256: options.sourceSha256 ?? null,
      sizeBytes: options.sizeBytes ?? 1,
      sampleCount: options.sampleCount ?? 10,
      sampleShape: [28, 28, 1],
      classNames: ["0", "1"],
      labelsSha256: options.labelsSha256 ?? null,
      createdBy: actor.userId,
      createdAt: ctx.clock(),
    },
  });
}
