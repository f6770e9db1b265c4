import type { DataSetView } from "@flotilla/contracts/views";
import type { DataSet } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { notFound } from "../views/not-found.ts";

/** Every data set of the organisation, newest first. */
export async function listDataSets(ctx: ServiceContext, actor: Actor): Promise<DataSetView[]> {
  const rows = await ctx.db.prisma.dataSet.findMany({
    where: { organisationId: actor.organisationId },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
  });
  return rows.map(toDataSetView);
}

/** One data set. Throws NOT_FOUND. */
export async function getDataSet(ctx: ServiceContext, actor: Actor, input: { id: string }): Promise<DataSetView> {
  return toDataSetView(await findDataSet(ctx, actor, input.id));
}

/** The row behind a data set of the caller's organisation. Throws NOT_FOUND. */
export async function findDataSet(ctx: ServiceContext, actor: Actor, id: string): Promise<DataSet> {
  const row = await ctx.db.prisma.dataSet.findFirst({ where: { id, organisationId: actor.organisationId } });
  if (row === null) throw notFound("data set");
  return row;
}

function toDataSetView(row: DataSet): DataSetView {
  const classNames = row.classNames as string[];
  return {
    id: row.id,
    name: row.name,
    kind: row.kind as DataSetView["kind"],
    sampleCount: row.sampleCount,
    labelled: row.labelsSha256 !== null,
    classCount: classNames.length,
    classNames,
    sampleShape: row.sampleShape as number[],
    sizeBytes: Number(row.sizeBytes),
    createdAt: row.createdAt,
  };
}
