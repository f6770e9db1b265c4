import { FlotillaError, type ModelCard } from "@flotilla/contracts";
import type { ModelVersion, Tx } from "@flotilla/db";
import type { Actor } from "../context.ts";
import { notFound } from "../views/not-found.ts";

/** A data set that a job is to read is the organisation's own, and images have a card that says how they become an input. */
export async function checkDataSet(tx: Tx, actor: Actor, dataSetId: string, version: ModelVersion): Promise<void> {
  const dataSet = await tx.dataSet.findFirst({ where: { id: dataSetId, organisationId: actor.organisationId } });
  if (dataSet === null) throw notFound("data set");
  const card = version.card as ModelCard;
  if (dataSet.kind === "images" && card.preprocessing === null) {
    throw new FlotillaError(
      "PREPROCESSING_MISMATCH",
      `"${dataSet.name}" holds images, and the model's card does not say how an image becomes its input: fill in "Preprocessing" on the card first.`,
    );
  }
}
