import { readFile } from "node:fs/promises";
import { type Goal, readModel, runSearch, type SearchSetup, simplify } from "@flotilla/onnx";
import { openBuilder } from "../../models/open-builder.ts";
import { Scorer } from "../../models/score-candidate.ts";
import type { Handler, RequestOf } from "../protocol.ts";

const OBSERVERS = ["min-max", "mse", "percentile"];

/** Looks for a variant that meets a goal: builds and measures candidate after candidate, and tells of each as it is measured. */
export const search: Handler<"search"> = async (request, context) => {
  context.progress({ step: "reading", done: null, total: null });
  const source = await readFile(request.modelPath);
  const model = readModel(source);
  simplify(model);
  const hasConvolutions = model.graph.nodes.some((node) => node.is("Conv", "ConvTranspose"));
  const { steering, metric, task, reading } = request;
  const scorer = await Scorer.open({ source, steering, metric, task, reading });
  const builder = await openBuilder({ ...request, model, context });
  const measured = { sizeBytes: source.length, score: scorer.sourceScore, latencyMs: await scorer.sourceLatencyMs() };
  const setup: SearchSetup = {
    goal: toGoal(request, measured.score),
    integers: request.integers,
    observers: OBSERVERS,
    halfPrecision: request.halfPrecision,
    hasConvolutions,
  };
  context.event({ source: measured, setup, state: request.state });
  let done = request.state.records.length;
  context.progress({ step: "searching", done, total: null });
  const host = {
    measure: async (candidate: Parameters<typeof builder.build>[0]) => {
      const bytes = await builder.build(candidate);
      return { sizeBytes: bytes.length, ...(await scorer.score(bytes)) };
    },
    rank: (base: Parameters<typeof builder.rank>[0]) =>
      builder.rank(base, (layer, total) => context.progress({ step: "ranking-layers", done: layer, total })),
  };
  return runSearch(request.state, setup, host, {
    onStep: (state) => {
      done = state.records.length;
      context.progress({ step: "searching", done, total: null });
      context.event({ source: measured, setup, state });
    },
  });
};

function toGoal({ goal, quality }: RequestOf<"search">, sourceScore: number): Goal {
  if (quality === null) return goal;
  return { ...goal, minScore: "minScore" in quality ? quality.minScore : sourceScore - quality.maxDrop };
}
