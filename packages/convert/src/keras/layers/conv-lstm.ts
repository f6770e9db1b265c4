import { DataType, type GraphBuilder, type Tensor } from "@flotilla/onnx";
import { activate, activationName, refuseActivation } from "../emit/activation.ts";
import { dataFormat, range, toChannelsLast, transpose } from "../emit/axes.ts";
import { permute } from "../emit/permute.ts";
import { reshape } from "../emit/reshape.ts";
import { spatialRank, windowAttributes } from "../emit/window.ts";
import type { LayerConfig } from "../graph/layer-config.ts";
import { LayerConfig as Config } from "../graph/layer-config.ts";
import type { LayerCall } from "./layer-call.ts";
import { kernelAndBias, type LayerKind } from "./layer-kind.ts";
import { reverseSteps } from "./recurrent-layers.ts";

/**
 * ConvLSTM1D, 2D, 3D on [batch, steps, ...sizes, channels]: an LSTM whose products are convolutions. The input is convolved for all steps at once
 * (kernel [...sizes, channels, 4 · filters], gates i, f, c, o); a Scan over the steps convolves the state (SAME, stride 1).
 * Source: keras/src/layers/rnn/conv_lstm.py
 */
export const convLstm: LayerKind = {
  classes: ["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"],
  about: "Conv and Scan. Without masks and initial states",
  parts: (config, make, className) => {
    const layer = make({
      class_name: "ConvLSTMCell",
      config: { ...config.values, name: "conv_lstm_cell", spatial: spatialRank(className) },
    });
    return [{ name: layer.name, attributes: ["cell"], layer }];
  },
  refuse: (layer) => refuseActivation(layer) ?? refuseActivation(layer, "recurrent_activation"),
  convert: (call) => {
    const { b, config } = call;
    if (call.mask(call.rawInput()) !== null || call.inputs.length > 1) call.fail("has a mask or initial states, which are not converted");
    const x = config.bool("go_backwards", false) ? reverseSteps(b, call.input()) : call.input();
    const convolved = convolveSteps(call, x);
    const { sequence, h, c } = scan(call, convolved);
    const sequences = config.bool("return_sequences", false);
    const first = dataFormat(config) === "channels_first";
    const back = (value: string): string => (first ? value : toChannelsLast(b, value));
    // The scan gives [steps, batch, filters, ...sizes].
    const rank = b.rank(sequence);
    const turned = transpose(b, sequence, first ? [1, 0, ...range(2, rank)] : [1, 0, ...range(3, rank), 2]);
    const y = sequences ? turned : back(h);
    return config.bool("return_state", false) ? [y, back(h), back(c)] : y;
  },
};

/** The weights stand in the cell. */
export const convLstmCell: LayerKind = {
  classes: ["ConvLSTMCell"],
  about: "Part of ConvLSTM",
  slots: kernelAndBias("kernel", "recurrent_kernel"),
  convert: (call) => call.fail("is a cell outside a recurrent layer"),
};

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

function scan(call: LayerCall, convolved: string): { sequence: string; h: string; c: string } {
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
  const [h, c, x] = [body.graph.freshName("h"), body.graph.freshName("c"), body.graph.freshName("x")];
  body.input(h, state.elemType, state.shape);
  body.input(c, state.elemType, state.shape);
  body.input(x, DataType.FLOAT, [batch, 4 * filters, ...sizes]);
  const recurrent = weightOf(call, "recurrent_kernel", [...config.sizes("kernel_size", rank), filters, 4 * filters]);
  const window = { sizes: config.sizes("kernel_size", rank), strides: sizes.map(() => 1), dilations: sizes.map(() => 1) };
  const kernel = b.constant(permute(recurrent, [rank + 1, rank, ...range(0, rank)]), "recurrent_kernel");
  const product = body.op("Conv", [h, kernel], windowAttributes(window, "same", sizes));
  const next = gates(body, body.op("Add", [x, product]), c, config);
  body.output(next.h, body.graph.freshName("h"));
  body.output(next.c, body.graph.freshName("c"));
  body.output(next.h, body.graph.freshName("y"));
  body.graph.name = "step";
  body.graph.sortTopologically();
  const [lastH = "", lastC = "", sequence = ""] = b.nodeOf("Scan", [zeros, zeros, convolved], 3, {
    body: { kind: "graph", value: body.graph },
    num_scan_inputs: 1n,
  });
  for (const value of [lastH, lastC]) b.graph.types.set(value, state);
  b.graph.types.set(sequence, { elemType: DataType.FLOAT, shape: [b.shape(convolved)[0] ?? null, ...state.shape] });
  return { sequence, h: lastH, c: lastC };
}

/** i, f, c, o side by side along the channels → the next h and c. */
function gates(b: GraphBuilder, joined: string, c: string, config: LayerConfig): { h: string; c: string } {
  const [i = "", f = "", candidate = "", o = ""] = b.nodeOf("Split", [joined], 4, { axis: 1n });
  const recurrent = new Config(
    { activation: activationName(config, "recurrent_activation", config.keras === 3 ? "sigmoid" : "hard_sigmoid") },
    "",
    config.keras,
  );
  const outer = new Config({ activation: activationName(config, "activation", "tanh") }, "", config.keras);
  const kept = b.op("Mul", [activate(b, f, recurrent), c]);
  const nextC = b.op("Add", [kept, b.op("Mul", [activate(b, i, recurrent), activate(b, candidate, outer)])]);
  return { h: b.op("Mul", [activate(b, o, recurrent), activate(b, nextC, outer)]), c: nextC };
}
