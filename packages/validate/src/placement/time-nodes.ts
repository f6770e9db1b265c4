import type { NodeTimes } from "@flotilla/contracts";
import { KERNEL, parseTrace, REBUILT, type TraceEvent } from "./read-runtime-profile.ts";

/** A node of a model's main graph as its times are matched. */
export interface TimedNode {
  /** Unique in the graph. */
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export type TimedModel = Pick<NodeTimes, "runs" | "totalMs" | "nodes">;

/** What the runtime's optimiser adds to the name of a node that it fuses: "fused x", "x/MatMulAddFusion", "x/LayerNormFusion/". */
const FUSED = /^fused |\/[A-Za-z]*Fusion[A-Za-z]*\/?$/;
/** Behind a kernel's own node there is at most this much that was fused into it: Conv, BatchNorm, Relu, and an exporter's Reshape. */
const FURTHEST = 8;

/**
 * The time of each node out of the runtime's own profile. The runtime names a kernel after the node that it stands for, or after the last tensor that a
 * fused one writes; what was fused is looked for in front of it, and the time goes to the node that does the kernel's work: the Conv, not its Relu.
 * Nodes without a kernel of their own are not listed: they cost nothing besides. Medians over the runs, since the first one is cold.
 * `node` is the place in `nodes`.
 */
export function timeNodes(profile: string, nodes: readonly TimedNode[]): TimedModel {
  const events = parseTrace(profile);
  const kernels = readKernels(events);
  const graph = indexOf(nodes);
  const ends = [...kernels].flatMap(([name, kernel]) => {
    const end = endOf(graph, name);
    return end === null ? [] : [{ end, operator: kernel.operator, us: median(kernel.times) }];
  });
  const taken = new Set(ends.map(({ end }) => end));
  const ms = new Map<number, number>();
  for (const { end, operator, us } of ends) {
    const node = workerOf(graph, nodes, end, operator, taken);
    ms.set(node, (ms.get(node) ?? 0) + us / 1000);
  }
  return {
    runs: Math.max(1, events.filter(({ cat, name }) => cat === "Session" && name === "model_run").length),
    totalMs: [...kernels.values()].reduce((sum, { times }) => sum + median(times), 0) / 1000,
    nodes: [...ms].map(([node, time]) => ({ node, ms: time })).toSorted((left, right) => left.node - right.node),
  };
}

/** The kernels of the main graph by their names. What ran while another kernel did, in a branch or a loop, is part of that one's time. */
function readKernels(events: readonly TraceEvent[]): Map<string, { operator: string; times: number[] }> {
  const kernels = new Map<string, { operator: string; times: number[] }>();
  const found = events.filter(({ cat, name = "", args }) => cat === "Node" && KERNEL.test(name) && args?.op_name !== undefined);
  // A kernel around others begins before them, or with them and lasts longer.
  found.sort((left, right) => (left.ts ?? 0) - (right.ts ?? 0) || (right.dur ?? 0) - (left.dur ?? 0));
  let busyUntil = 0;
  for (const { name = "", ts, dur = 0, args } of found) {
    if (ts !== undefined && ts + dur <= busyUntil) continue;
    if (ts !== undefined) busyUntil = Math.max(busyUntil, ts + dur);
    const kernel = name.replace(KERNEL, "");
    const known = kernels.get(kernel);
    if (known === undefined) kernels.set(kernel, { operator: args?.op_name ?? "", times: [dur] });
    else known.times.push(dur);
  }
  return kernels;
}

interface GraphIndex {
  readonly byName: ReadonlyMap<string, number>;
  readonly producers: ReadonlyMap<string, number>;
}

function indexOf(nodes: readonly TimedNode[]): GraphIndex {
  return {
    byName: new Map(nodes.map(({ name }, index) => [name, index])),
    producers: new Map(
      nodes.flatMap(({ outputs }, index) => outputs.filter((output) => output !== "").map((output) => [output, index] as const)),
    ),
  };
}

/** The last node of what a kernel computes; null for a kernel that the runtime put in between. */
function endOf({ byName, producers }: GraphIndex, kernel: string): number | null {
  let name = kernel;
  for (;;) {
    const found = byName.get(name) ?? producers.get(name);
    if (found !== undefined) return found;
    const rebuilt = name.replace(REBUILT, "");
    const shorter = rebuilt === name ? name.replace(FUSED, "") : rebuilt;
    if (shorter === name) return null;
    name = shorter;
  }
}

/** The node in front of a kernel's end, the end included, that has the kernel's operator and no kernel of its own. */
function workerOf(graph: GraphIndex, nodes: readonly TimedNode[], end: number, operator: string, taken: ReadonlySet<number>): number {
  const wanted = operator.replace(/^(Fused|QLinear|Q)(?=[A-Z])/, "");
  const does = (node: number): boolean => {
    const own = nodes[node]?.operator ?? "";
    return own === wanted || (wanted === "Gemm" && own === "MatMul");
  };
  let front = [end];
  const seen = new Set(front);
  for (let depth = 0; depth < FURTHEST && front.length > 0; depth += 1) {
    const found = front.find(does);
    if (found !== undefined) return found;
    front = front
      .flatMap((node) => nodes[node]?.inputs.flatMap((input) => graph.producers.get(input) ?? []) ?? [])
      .filter((node) => !taken.has(node) && !seen.has(node));
    for (const node of front) seen.add(node);
  }
  return end;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
