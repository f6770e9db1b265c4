import { DataType, type GraphBuilder, type Tensor } from "@flotilla/onnx";
import { activate, activationName } from "../emit/activation.ts";
import { dataFormat, range, toChannelsFirst, toChannelsLast, transpose } from "../emit/axes.ts";
import { permute } from "../emit/permute.ts";
import { reshape } from "../emit/reshape.ts";
import type { RecurrentRun } from "../emit/recurrent.ts";
import { spatialRank, windowAttributes } from "../emit/window.ts";
import { LayerConfig } from "../graph/layer-config.ts";
import type { LayerCall } from "./layer-call.ts";
import { type LayerRun, reverseSteps } from "./recurrent-layers.ts";

/**
 * Runs a ConvLSTM over `x` of [batch, steps, …] in the layer's order of axes. The input is convolved for all steps at once (kernel
 * [...sizes, channels, 4 · filters], gates i, f, c, o); a Scan over the steps convolves the state (SAME, stride 1). A masked step (bool
 * [batch, steps], or a place of it, [batch, steps, ...sizes]) keeps the state and repeats the output before it.
 */
export function runConvLstm(
  call: LayerCall,
  x: string,
  run: Pick<RecurrentRun, "mask" | "initial"> & { zeroWhereMasked?: boolean },
): LayerRun {
  const { b, config } = call;
  const backwards = config.bool("go_backwards", false);
  const inTime = (value: string): string => (backwards ? reverseSteps(b, value) : value);
  const first = dataFormat(config) === "channels_first";
  const back = (value: string): string => (first ? value : toChannelsLast(b, value));
  const convolved = convolveSteps(call, inTime(x));
  const mask = run.mask === null ? null : maskOfSteps(b, inTime(run.mask), b.rank(convolved));
  const initial = run.initial.map((state) => (first ? state : toChannelsFirst(b, state)));
  const zero = run.zeroWhereMasked ?? config.bool("zero_output_for_mask", false);
  const { sequence, h, c, y } = scan(call, convolved, { mask, initial, zero });
  // The scan gives [steps, batch, filters, ...sizes].
  const rank = b.rank(sequence);
  const turned = transpose(b, sequence, first ? [1, 0, ...range(2, rank)] : [1, 0, ...range(3, rank), 2]);
  return { sequence: inTime(turned), states: [back(h), back(c)], last: back(y) };
}

/** [batch, steps, …] → [steps, batch, 1, …], with ones for the sizes that the mask does not have. */
function maskOfSteps(b: GraphBuilder, mask: string, rank: number): string {
  const own = b.rank(mask);
  const timed = transpose(b, mask, [1, 0, ...range(2, own)]);
  return b.op("Unsqueeze", [timed, b.ints([2, ...range(own + 1, rank)])]);
}

function weightOf(call: LayerCall, name: string, dims: readonly (number | null)[]): Tensor {
  const cell = call.layer.parts[0]?.layer;
  const tensor = cell === undefined ? undefined : call.context.weightsOf(cell).get(name);
  if (tensor !== undefined && dims.length === tensor.dims.length && dims.every((dim, axis) => dim === null || dim === tensor.dims[axis]))
    return tensor;
  return call.fail(
    `has a weight ${name} of [${tensor?.dims.join(", ") ?? ""}], where [${dims.map((dim) => dim ?? "any").join(", ")}] is due`,
  );
}

/** [batch, steps, …] → [steps, batch, 4 · filters, ...sizes] */
function convolveSteps(call: LayerCall, x: string): string {
  const { b, config, layer } = call;
  const rank = spatialRank(layer.className);
  const filters = config.int("filters");
  const first = dataFormat(config) === "channels_first";
  const perm = first ? [1, 0, ...range(2, rank + 3)] : [1, 0, rank + 2, ...range(2, rank + 2)];
  const timed = transpose(b, x, perm);
  const [steps = null, batch = null, channels = null, ...sizes] = b.shape(timed);
  if (typeof steps !== "number" && typeof batch !== "number" && sizes.some((size) => typeof size !== "number"))
    call.fail("needs to know the sizes of its pictures");
  const flat = reshape(b, timed, [null, channels, ...sizes]);
  const kernel = weightOf(call, "kernel", [...config.sizes("kernel_size", rank), call.size(flat, 1), 4 * filters]);
  const bias = config.bool("use_bias", true) ? [b.constant(weightOf(call, "bias", [4 * filters]), "bias")] : [];
  const window = {
    sizes: config.sizes("kernel_size", rank),
    strides: config.sizes("strides", rank, 1),
    dilations: config.sizes("dilation_rate", rank, 1),
  };
  const attributes = windowAttributes(window, config.choice("padding", ["valid", "same"], "valid"), b.shape(flat).slice(2));
  const convolved = b.op("Conv", [flat, b.constant(permute(kernel, [rank + 1, rank, ...range(0, rank)]), "kernel"), ...bias], attributes);
  const after = b.shape(convolved).slice(1);
  const result =
    typeof steps === "number"
      ? reshape(b, convolved, [steps, null, ...after])
      : b.op("Reshape", [
          convolved,
          b.op("Concat", [b.op("Slice", [b.op("Shape", [timed]), b.ints([0]), b.ints([2])]), b.ints(after.map(Number))], { axis: 0n }),
        ]);
  b.graph.types.set(result, { elemType: DataType.FLOAT, shape: [steps, batch, ...after] });
  return result;
}

interface Steps {
  /** bool [steps, batch, 1, …] */
  readonly mask: string | null;
  /** h and c, channels first. */
  readonly initial: readonly string[];
  /** Masked steps give 0 instead of the output before. */
  readonly zero: boolean;
}

function scan(call: LayerCall, convolved: string, steps: Steps): { sequence: string; h: string; c: string; y: string } {
  const { b, config, layer } = call;
  const rank = spatialRank(layer.className);
  const filters = config.int("filters");
  const [, batch = null, , ...sizes] = b.shape(convolved);
  const state = { elemType: DataType.FLOAT, shape: [batch, filters, ...sizes] };
  const zeros = b.op("Mul", [
    b.op("Squeeze", [b.op("Slice", [convolved, b.ints([0, 0]), b.ints([1, filters]), b.ints([0, 2])]), b.ints([0])]),
    b.floats(0),
  ]);
  const body = b.body();
  const [h = "", c = "", before = ""] = ["h", "c", "before"].map((name) => {
    const value = body.graph.freshName(name);
    return body.input(value, state.elemType, state.shape);
  });
  const x = body.input(body.graph.freshName("x"), DataType.FLOAT, [batch, 4 * filters, ...sizes]);
  const counts = steps.mask === null ? null : body.input(body.graph.freshName("counts"), DataType.BOOL, b.shape(steps.mask).slice(1));
  const recurrent = weightOf(call, "recurrent_kernel", [...config.sizes("kernel_size", rank), filters, 4 * filters]);
  const window = { sizes: config.sizes("kernel_size", rank), strides: sizes.map(() => 1), dilations: sizes.map(() => 1) };
  const kernel = b.constant(permute(recurrent, [rank + 1, rank, ...range(0, rank)]), "recurrent_kernel");
  const product = body.op("Conv", [h, kernel], windowAttributes(window, "same", sizes));
  const next = gates(body, body.op("Add", [x, product]), c, config);
  const kept = (value: string, old: string): string => (counts === null ? value : body.op("Where", [counts, value, old]));
  const y = kept(next.h, before);
  const shown = counts !== null && steps.zero ? body.op("Where", [counts, next.h, body.floats(0)]) : y;
  for (const [value, name] of [
    [kept(next.h, h), "h"],
    [kept(next.c, c), "c"],
    [y, "before"],
    [shown, "y"],
  ] as const)
    body.output(value, body.graph.freshName(name));
  body.graph.name = "step";
  body.graph.sortTopologically();
  const scanned = steps.mask === null ? [convolved] : [convolved, steps.mask];
  const [lastH = "", lastC = "", last = "", sequence = ""] = b.nodeOf(
    "Scan",
    [steps.initial[0] ?? zeros, steps.initial[1] ?? zeros, zeros, ...scanned],
    4,
    { body: { kind: "graph", value: body.graph }, num_scan_inputs: BigInt(scanned.length) },
  );
  for (const value of [lastH, lastC, last]) b.graph.types.set(value, state);
  b.graph.types.set(sequence, { elemType: DataType.FLOAT, shape: [b.shape(convolved)[0] ?? null, ...state.shape] });
  return { sequence, h: lastH, c: lastC, y: last };
}

/** i, f, c, o side by side along the channels → the next h and c. */
function gates(b: GraphBuilder, joined: string, c: string, config: LayerConfig): { h: string; c: string } {
  const [i = "", f = "", candidate = "", o = ""] = b.nodeOf("Split", [joined], 4, { axis: 1n });
  const recurrent = new LayerConfig(
    { activation: activationName(config, "recurrent_activation", config.keras === 3 ? "sigmoid" : "hard_sigmoid") },
    "",
    config.keras,
  );
  const outer = new LayerConfig({ activation: activationName(config, "activation", "tanh") }, "", config.keras);
  const kept = b.op("Mul", [activate(b, f, recurrent), c]);
  const nextC = b.op("Add", [kept, b.op("Mul", [activate(b, i, recurrent), activate(b, candidate, outer)])]);
  return { h: b.op("Mul", [activate(b, o, recurrent), activate(b, nextC, outer)]), c: nextC };
}
