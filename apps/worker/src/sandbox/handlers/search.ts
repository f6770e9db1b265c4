import { readFile } from "node:fs/promises";
import { readModel } from "@flotilla/onnx";
import { type Goal, isQuantisableLstm, prepareSource, runSearch, type SearchSetup } from "@flotilla/onnx/optimise";
import { preparationOf, toRecipe } from "../../models/candidate-recipe.ts";
import { checkCandidate, exportCandidate, recordingRefusals } from "../../models/export-candidate.ts";
import { alwaysOf } from "../../models/always-of.ts";
import { openBuilder } from "../../models/open-builder.ts";
import { Scorer } from "../../models/score-candidate.ts";
import type { Handler, RequestOf } from "../protocol.ts";

const OBSERVERS = ["min-max", "mse", "percentile"];

/** Looks for a variant that meets a goal: builds and measures candidate after candidate, and tells of each as it is measured. */
export const search: Handler<"search"> = async (request, context) => {
  context.progress({ step: "reading", done: null, total: null });
  const source = await readFile(request.modelPath);
  const prepared = prepareSource(readModel(source), await alwaysOf(source, request.calibration));
  const { model } = prepared;
  const { graph } = model;
  const hasLstm = graph.nodes.some((node) => isQuantisableLstm(graph, node));
  const { steering, metric, task, reading, target } = request;
  const scorer = await Scorer.open({ source, steering, metric, task, reading });
  const builder = await openBuilder({ ...request, model, context });
  const measured = { sizeBytes: source.length, score: scorer.sourceScore, latencyMs: await scorer.sourceLatencyMs() };
  const setup: SearchSetup = {
    goal: toGoal(request, measured.score),
    // An LSTM may stay in float or run on integers beside the others.
    integers: hasLstm ? request.integers.flatMap((options) => [options, { ...options, recurrent: true }]) : request.integers,
    observers: OBSERVERS,
    halfPrecision: request.halfPrecision,
    measuresTarget: request.measuresTarget,
    hasConvolutions: !hasLstm && graph.nodes.some((node) => node.is("Conv", "ConvTranspose")),
  };
  const event = { preparation: preparationOf(prepared), source: measured, setup };
  context.event({ ...event, state: request.state });
  let done = request.state.records.length;
  context.progress({ step: "searching", done, total: null });
  const host = {
    measure: (candidate: Parameters<typeof builder.build>[0]) =>
      recordingRefusals(target, async () => {
        const recipe = toRecipe(candidate, event.preparation, { calibrationSamples: request.calibrationSamples, format: target.format });
        checkCandidate(recipe, target);
        const file = exportCandidate(await builder.build(candidate), recipe, target);
        return { sizeBytes: file.bytes.length, ...(await scorer.score(file)) };
      }),
    rank: (base: Parameters<typeof builder.rank>[0]) =>
      builder.rank(base, (layer, total) => context.progress({ step: "ranking-layers", done: layer, total })),
  };
  return runSearch(request.state, setup, host, {
    onStep: (state) => {
      done = state.records.length;
      context.progress({ step: "searching", done, total: null });
      context.event({ ...event, state });
    },
  });
};

function toGoal({ goal, quality }: RequestOf<"search">, sourceScore: number): Goal {
  if (quality === null) return goal;
  return { ...goal, minScore: "minScore" in quality ? quality.minScore : sourceScore - quality.maxDrop };
}
