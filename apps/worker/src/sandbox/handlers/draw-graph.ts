import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { GRAPH_VIEW_MAX_NODES, GRAPH_VIEW_VERSION, type GraphView } from "@flotilla/contracts";
import { FlotillaError } from "@flotilla/contracts/errors";
import { layOutDrawing } from "@flotilla/domain/graph";
import { allGraphs, readModel } from "@flotilla/onnx";
import { viewGraph } from "@flotilla/onnx/view";
import type { Handler } from "../protocol.ts";

/** Describes a model's graph, folds what repeats and lays it out. The same bytes give the same picture. */
export const drawGraph: Handler<"draw-graph"> = async ({ modelPath, outputFile }, context) => {
  context.progress({ step: "reading", done: null, total: null });
  const model = readModel(await readFile(modelPath));
  const nodeCount = allGraphs(model.graph).reduce((total, graph) => total + graph.nodeCount, 0);
  if (nodeCount > GRAPH_VIEW_MAX_NODES) {
    throw new FlotillaError(
      "TOO_MANY_NODES",
      `The graph has ${nodeCount.toLocaleString("en")} nodes; up to ${GRAPH_VIEW_MAX_NODES.toLocaleString("en")} are drawn. The card counts its operators; simplify the model to see it.`,
    );
  }
  context.progress({ step: "drawing", done: null, total: null });
  const { compact, full, ...facts } = viewGraph(model);
  const view: GraphView = {
    version: GRAPH_VIEW_VERSION,
    ...facts,
    compact: layOutDrawing(facts, compact),
    full: full === null ? null : layOutDrawing(facts, full),
  };
  await writeFile(outputFile, gzipSync(JSON.stringify(view), { level: 9 }));
  return { nodeCount };
};
