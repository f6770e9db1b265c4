import { refuseActivation } from "../emit/activation.ts";
import { spatialRank } from "../emit/window.ts";
import { kernelAndBias, type LayerKind } from "./layer-kind.ts";
import { initialStates, maskOf, reverseSteps } from "./recurrent-layers.ts";
import { runConvLstm } from "./run-conv-lstm.ts";

/**
 * ConvLSTM1D, 2D, 3D on [batch, steps, ...sizes, channels]: an LSTM whose products are convolutions; return_sequences, return_state, go_backwards,
 * initial states, masks of steps.
 * Source: keras/src/layers/rnn/conv_lstm.py
 */
export const convLstm: LayerKind = {
  classes: ["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"],
  about: "Conv and Scan",
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
    const mask = maskOf(call);
    const { sequence, states, last } = runConvLstm(call, call.input(), { mask, initial: initialStates(call) });
    const sequences = config.bool("return_sequences", false);
    const ordered = sequences && config.bool("go_backwards", false) ? reverseSteps(b, sequence) : sequence;
    const y = sequences ? ordered : last;
    const carried = mask ?? call.inputMask();
    if (carried !== null && sequences) call.context.masks.set(y, carried);
    return config.bool("return_state", false) ? [y, ...states] : y;
  },
};

/** The weights stand in the cell. */
export const convLstmCell: LayerKind = {
  classes: ["ConvLSTMCell"],
  about: "Part of ConvLSTM",
  slots: kernelAndBias("kernel", "recurrent_kernel"),
  convert: (call) => call.fail("is a cell outside a recurrent layer"),
};
