import type { StatementCode, UnsupportedReason, unsupportedReasons } from "@flotilla/contracts";

/** Why something is not converted: a code with its parameters, which each language has words for. */
export interface Refusal extends StatementCode {
  readonly code: UnsupportedReason;
}

type Params<Code extends UnsupportedReason> = Readonly<Record<(typeof unsupportedReasons)[Code][number], string | number>>;

/** The refusal of `code`, with a value for each of its parameters. */
export function refusal<Code extends UnsupportedReason>(
  code: Code,
  ...[params]: (typeof unsupportedReasons)[Code] extends readonly [] ? [] : [params: Params<Code>]
): Refusal {
  return { code, params: { ...params } };
}

/** What a refusal says in English, where there is no screen to say it in another language. It goes on from the name of the layer or operator. */
export function sayRefusal({ code, params }: Refusal): string {
  return SENTENCES[code].replaceAll(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ""));
}

/** What is wrong and what to do; the parameters in braces. */
export const SENTENCES: Readonly<Record<UnsupportedReason, string>> = {
  LAMBDA:
    "a Lambda layer holds Python code, which is never run here. Replace it by layers that Keras has, such as Rescaling, Reshape or Activation, and save the model again.",
  FOREIGN_CLASS: "its class comes from {origin}, and code that a model file names is never imported here. Rebuild it from layers of Keras.",
  SPARSE_INPUT: "sparse and ragged inputs are not converted. Use a dense Input.",
  TEXT_INPUT: "it takes texts. Turn them into numbers before the model.",
  UNKNOWN_CLASS: "there is no conversion for this class. Replace it by layers that have one, or move it out of the model.",
  ANTIALIASING: "antialiasing is not converted. Resize before the model, or without it.",
  INTERPOLATION: 'the interpolation "{name}" has no ONNX counterpart. Use nearest, bilinear or bicubic.',
  QUANTISED_WEIGHTS: "its weights are quantised ({mode}). Save the model before quantising it.",
  SETTING: "{setting} is not converted. Use another value, or do that part outside of the model.",
  NO_BOUNDARIES: "it has no bin_boundaries. Adapt it, or give them to it, and save the model again.",
  VOCABULARY_OUTSIDE: "its vocabulary is not in the config. Give it to the layer instead of adapting it.",
  RANDOM_CROP: "what it does outside of training differs between versions of Keras 3. Use CenterCrop or Resizing.",
  RENORM: "renorm keeps other statistics. Train it without renorm.",
  SEVERAL_AXES: "it normalises along several axes at once. Use one axis.",
  NOT_LAST_AXIS: "it works along another axis than the last. Permute before it.",
  TIME_MAJOR: "time_major is not converted. Use [batch, steps, features].",
  UNKNOWN_CELL: 'its cell "{name}" is not known. Use LSTMCell, GRUCell or SimpleRNNCell.',
  RMS_SCALING: "rms_scaling is not converted. Use RMSNormalization or plain LayerNormalization.",
  WRAPS_CLASS: 'it wraps a layer of the class "{name}". Use LSTM, GRU, SimpleRNN or ConvLSTM.',
  CELL_ACTIVATION: 'ONNX\'s recurrent operators do not know the activation "{name}". Use tanh, sigmoid or relu.',
  EINSUM_EQUATION: 'its equation "{equation}" is not understood. Write it with two operands and an arrow, such as "abc,cd->abd".',
  UNKNOWN_ACTIVATION:
    'the activation "{name}" is none of Keras\' own, or not known here; code out of a model file is never run. Use one of {known}, …',
  OPERATOR_TYPE: "it works on {type}, which has no counterpart. Export the model with another type of numbers.",
  INCOMPLETE_OPERATOR: "{sentence}",
  FLEX_OPERATOR: "it runs TensorFlow itself (a Flex operator). Convert the model without `SELECT_TF_OPS`.",
  CUSTOM_OPERATOR: "it is an operator that only its author's program knows. Export the model without it, and do its work outside.",
  UNKNOWN_OPERATOR: "it is not among the operators that are converted. Export the model without it, or ask for it.",
  BUILT_IN_ACTIVATION: "its built-in activation {activation} is not known. Export the model with the activation as an operator of its own.",
  SHUFFLED_WEIGHTS: "its weights are shuffled for one kind of processor. Export the model without that.",
  FILTER_AXES: "its filter has {axes} axes, not 2. The file is damaged: export it again.",
  DATA_AND_FILTER_AXES: "its data have {data} axes and its filter {filter}, not {rank}. The file is damaged: export it again.",
  CHANNELS: "its data have {channels} channels and its filter is made for {group} a group. The file is damaged: export it again.",
  DATA_AXES: "its data have {axes} axes, not {wanted}. The file is damaged: export it again.",
  WINDOW: "its window, strides or dilations are [{values}], which are no sizes. The file is damaged: export it again.",
  COMPUTED_AXES: "its axes are computed while the model runs. Give them as constants.",
  COMPUTED_SIZES: "its sizes or its axis are computed while the model runs. Give them as constants.",
  COMPUTED_WEIGHTS: "its weights are computed while the model runs. Give them as constants.",
  COMPUTED_STRIDES: "its strides are computed while the model runs. Give them as constants.",
  COMPUTED_BEGIN: "its end counts from a begin that is computed while the model runs. Give it as a constant.",
  COMPUTED_PADDINGS: "its paddings are computed while the model runs. Give them as constants.",
  COMPUTED_BLOCK: "its block or its paddings are computed while the model runs. Give them as constants.",
  COMPUTED_BOX_COUNT: "how many boxes it keeps at most is computed while the model runs. Give it as a constant.",
  ZERO_STRIDE: "one of its strides is 0. The file is damaged: export it again.",
  SECOND_INPUT: "it has a second input beside its data. Join the two before it.",
  BASIC_LSTM: "it is of the basic kind, whose state is an input. Export it as the full kind.",
  SOFT_SUPPRESSION:
    "it lowers the scores of boxes that overlap (soft suppression) instead of dropping them, which ONNX's operator does not. Export it with a sigma of 0.",
  MISSING_GRAPH: "it names graph {graph}, and the file has {count}. The file is damaged: export it again.",
  NO_NUMBERS: "its data are no numbers. Do its work outside of the model.",
  OPEN_SIDES: "its height or width is not fixed. Export the model with a fixed size.",
  OPEN_SIZES: "its sizes are not fixed. Export the model with fixed sizes.",
  RANDOM_NUMBERS: "it draws random numbers, which no two runs agree on. Export the model as it is used, without it.",
  WORD_TABLE: "it looks words up in a table. Give the model numbers, and look words up outside.",
  STABLEHLO_OPERATOR: "it is an operator of StableHLO that was left in the file. Convert the model to TFLite's own operators.",
  INTEGER_LSTM: "it is all integers and projects its output, normalises its gates or couples them. Convert it with float activations.",
  VARIABLE_INSIDE: "it works on a variable inside a loop or a branch. Keep that in a value that the loop carries.",
  FIRST_VALUE: "the variable {name} has no constant as its first value. Give it one.",
  RUN_ONCE: "the graph that it runs once does more than give variables their first values, with {operator}. Export the model without that.",
  FEATURES_AND_RANK: "its {features} features and its rank, {rank}, do not go together. The file is damaged: export it again.",
  TRANSFORM_LENGTHS: "its lengths are {height} and {width}; 1 to 2,048 are converted. Transform outside of the model.",
  FOREIGN_OPTIONS: "its options are not those of MediaPipe's operator of this name. Export the model without it.",
  COMPUTED_DENSE: "what it makes dense is no constant. Export the model with dense weights.",
  ROUNDING_BITS: "it rounds to {bits} bits, and only 8 are converted. Train it with 8.",
  ROUNDING_RANGE: "its range is [{low}, {high}], which is empty. The file is damaged: export it again.",
  SEVERAL_SAMPLES: "it finds things in more than one sample at once. Export the model with a batch of one.",
  DETECTION_COUNTS: "it is asked for {things} things of {classes} classes in {columns} columns. The file is damaged: export it again.",
  BROKEN_OPTIONS: "its options cannot be read: {sentence}",
};
