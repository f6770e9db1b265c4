import type { ModelCard } from "@flotilla/contracts";
import type { DataSet } from "@flotilla/db";
import type { WorkerContext } from "../context.ts";
import type { DataSetFiles } from "../sandbox/protocol.ts";

/** Where the child finds a stored data set, and how the model's card makes inputs of its samples. */
export async function dataSetFiles(ctx: WorkerContext, dataSet: DataSet, card: ModelCard): Promise<DataSetFiles> {
  const { blob } = ctx.services;
  return {
    kind: dataSet.kind === "images" || dataSet.kind === "npz" ? dataSet.kind : "npy",
    path: await blob.localPath(dataSet.sha256),
    labelsPath: dataSet.labelsSha256 === null ? null : await blob.localPath(dataSet.labelsSha256),
    preprocessing: card.preprocessing,
  };
}
