import type { Conversion } from "@flotilla/contracts";
import type { UploadView } from "@flotilla/contracts/views";
import type { Upload } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";
import { type NamedByUploads, toUploadView } from "./to-upload-view.ts";

const FINISHED_SHOWN = 20;

/** The caller's own uploads: everything unfinished, then the last 20 that have a verdict; newest first in each. */
export async function listUploads(ctx: ServiceContext, actor: Actor): Promise<UploadView[]> {
  const { organisationId, userId: createdBy } = actor;
  const unfinished = { in: ["UPLOADING", "RECEIVED", "INSPECTING"] };
  const [open, finished] = await Promise.all([
    ctx.db.prisma.upload.findMany({ where: { organisationId, createdBy, state: unfinished }, orderBy: { createdAt: "desc" } }),
    ctx.db.prisma.upload.findMany({
      where: { organisationId, createdBy, NOT: { state: unfinished } },
      orderBy: { createdAt: "desc" },
      take: FINISHED_SHOWN,
    }),
  ]);
  return toViews(ctx, [...open, ...finished]);
}

/** One upload of the caller's organisation. Throws NOT_FOUND. */
export async function getUpload(ctx: ServiceContext, actor: Actor, input: { id: string }): Promise<UploadView> {
  const upload = await ctx.db.prisma.upload.findFirst({ where: { id: input.id, organisationId: actor.organisationId } });
  const [view] = upload === null ? [] : await toViews(ctx, [upload]);
  if (view === undefined) throw notFound("upload");
  return view;
}

async function toViews(ctx: ServiceContext, uploads: readonly Upload[]): Promise<UploadView[]> {
  const named = await loadNamed(ctx, uploads);
  return uploads.map((upload) => toUploadView(upload, named, ctx.clock()));
}

async function loadNamed(ctx: ServiceContext, uploads: readonly Upload[]): Promise<NamedByUploads> {
  const versionIds = uploads.flatMap((upload) => upload.modelVersionId ?? []);
  const dataSetIds = uploads.flatMap((upload) => upload.dataSetId ?? []);
  const [versions, dataSets] = await Promise.all([
    versionIds.length === 0
      ? []
      : ctx.db.prisma.modelVersion.findMany({ where: { id: { in: versionIds } }, select: { id: true, modelId: true, conversion: true } }),
    dataSetIds.length === 0
      ? []
      : ctx.db.prisma.dataSet.findMany({ where: { id: { in: dataSetIds } }, select: { id: true, name: true, createdAt: true } }),
  ]);
  return {
    versions: new Map(versions.map(({ id, modelId, conversion }) => [id, { modelId, conversion: conversion as Conversion | null }])),
    dataSets: new Map(dataSets.map((dataSet) => [dataSet.id, dataSet])),
  };
}
