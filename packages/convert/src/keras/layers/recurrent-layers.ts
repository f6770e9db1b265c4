import type { GraphBuilder } from "@flotilla/onnx";
import { countedNames, snakeCase } from "../container/snake-case.ts";
import { type RecurrentResult, type RecurrentRun, runRecurrent } from "../emit/recurrent.ts";
import type { KerasLayer, Part } from "../graph/keras-graph.ts";
import type { LayerConfig } from "../graph/layer-config.ts";
import { LayerCall } from "./layer-call.ts";
import type { LayerKind } from "./layer-kind.ts";
import { readCell } from "./recurrent-cells.ts";
import { refusal } from "../../reasons.ts";

const CELLS: Readonly<Record<string, string>> = {
  LSTM: "LSTMCell",
  GRU: "GRUCell",
  SimpleRNN: "SimpleRNNCell",
  CuDNNLSTM: "LSTMCell",
  CuDNNGRU: "GRUCell",
};

/** What the kernels of CuDNN do, whatever the file says. */
const CUDNN = { activation: "tanh", recurrent_activation: "sigmoid", use_bias: true, reset_after: true };

/**
 * LSTM, GRU, SimpleRNN and RNN around their cells, and the layers of Keras 2 that only CuDNN ran, on [batch, steps, features]: return_sequences, return_state, go_backwards, initial states,
 * masks. Dropout acts only while training. A stateful layer starts from zero in each run.
 * Source: keras/src/layers/rnn/rnn.py
 */
export const recurrentLayers: LayerKind = {
  classes: ["LSTM", "GRU", "SimpleRNN", "RNN", "CuDNNLSTM", "CuDNNGRU"],
  about: "LSTM, GRU, RNN; masks by moving the steps that count to the front. A stateful layer starts from zero in each run",
  parts: (config, make, className) => [cellPart(config, make, className)],
  refuse: ({ config, parts }) => {
    if (config.bool("time_major", false)) return refusal("TIME_MAJOR");
    const cell = parts[0]?.layer.className ?? "";
    return cell === "StackedRNNCells" || Object.values(CELLS).includes(cell) ? null : refusal("UNKNOWN_CELL", { name: cell });
  },
  convert: (call) => {
    const { b, config } = call;
    const x = call.input();
    const initial = initialStates(call);
    const mask = maskOf(call);
    const { sequence, states, last } = runLayer(call, x, { mask, initial });
    const ordered = config.bool("go_backwards", false) ? reverseSteps(b, sequence) : sequence;
    const y = config.bool("return_sequences", false) ? ordered : last;
    const carried = mask ?? call.inputMask();
    if (carried !== null && config.bool("return_sequences", false)) call.context.masks.set(y, carried);
    return config.bool("return_state", false) ? [y, ...states] : y;
  },
};

/** LSTM and the others keep their cell's settings as their own; RNN has the cell as a layer. */
function cellPart(config: LayerConfig, make: (entry: unknown) => KerasLayer, owner: string): Part {
  const given = config.raw("cell");
  const attributes = ["cell"];
  if (given !== null) {
    const layer = make(given);
    return { name: layer.name, attributes, layer };
  }
  const className = CELLS[owner] ?? "LSTMCell";
  const name = snakeCase(className);
  return {
    name,
    attributes,
    layer: make({ class_name: className, config: { ...config.values, ...(owner.startsWith("CuDNN") ? CUDNN : {}), name } }),
  };
}

/** StackedRNNCells: the cells one after another at each step, which is the layers one after another. */
export const stackedCells: LayerKind = {
  classes: ["StackedRNNCells"],
  about: "One operator per cell",
  parts: (config, make) => {
    const layers = (Array.isArray(config.raw("cells")) ? (config.raw("cells") as unknown[]) : []).map(make);
    const names = countedNames(layers.map(({ className }) => className));
    return layers.map((layer, index) => ({ name: layer.name, attributes: [`cells/${names[index] ?? ""}`], layer }));
  },
  convert: (call) => call.fail("is a cell outside a recurrent layer"),
};

/** What a recurrent layer gives: the states of all of its cells in their order, and the output of the last step. */
export interface LayerRun extends RecurrentResult {
  readonly last: string;
}

/** Runs a recurrent layer's cell, or its stack of cells, of which the last one speaks. */
export function runLayer(
  call: LayerCall,
  x: string,
  run: Pick<RecurrentRun, "mask" | "initial"> & { zeroWhereMasked?: boolean },
): LayerRun {
  const { config, context, layer } = call;
  const cell = layer.parts[0]?.layer;
  const cells = cell === undefined ? [] : cell.className === "StackedRNNCells" ? cell.parts.map((part) => part.layer) : [cell];
  const settings = {
    mask: run.mask,
    reverse: config.bool("go_backwards", false),
    zeroWhereMasked: run.zeroWhereMasked ?? config.bool("zero_output_for_mask", false),
  };
  let result: RecurrentResult = { sequence: x, states: [] };
  const states: string[] = [];
  let used = 0;
  for (const [index, inner] of cells.entries()) {
    const features = call.b.shape(result.sequence).at(-1);
    const read = readCell(new LayerCall(inner, context, [], new Map()), typeof features === "number" ? features : null);
    const count = read.opType === "LSTM" ? 2 : 1;
    const initial = run.initial.slice(used, used + count);
    used += count;
    const last = index === cells.length - 1;
    result = runRecurrent(call.b, read, result.sequence, { ...settings, initial, zeroWhereMasked: last && settings.zeroWhereMasked });
    states.push(...result.states);
  }
  return { sequence: result.sequence, states, last: result.states[0] ?? "" };
}

/** Behind the sequence in the list of inputs, or as an argument. */
export function initialStates(call: LayerCall): string[] {
  const listed = call.inputs.slice(1);
  return listed.length > 0 ? [...listed] : call.tensors(1, "initial_state");
}

/**
 * The mask that a recurrent layer runs by. Keras 3 gives a layer the mask of its input only where the call has no other tensors; the output carries it
 * on all the same. Source: keras/src/layers/layer.py, __call__
 */
export function maskOf(call: LayerCall): string | null {
  const [given] = call.tensors(2, "mask");
  return given ?? (call.config.keras === 3 && call.kwargs.has("initial_state") ? null : call.inputMask());
}

export function reverseSteps(b: GraphBuilder, sequence: string): string {
  return b.op("Slice", [sequence, b.ints([-1]), b.ints([-Number.MAX_SAFE_INTEGER]), b.ints([1]), b.ints([-1])]);
}
