import { randomBelow } from "./random.ts";

/** A layer's class and settings in Keras 2's words, and the shape of a sample for it. */
export interface RandomLayer {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly shape: readonly number[];
}

type Random = (limit: number) => number;

const pick = <T>(random: Random, items: readonly [T, ...T[]]): T => items[random(items.length)] ?? items[0];
const many = (random: Random, count: number, least: number, most: number): number[] =>
  Array.from({ length: count }, () => least + random(most - least + 1));

const ACTIVATIONS = [
  "linear",
  "relu",
  "tanh",
  "sigmoid",
  "elu",
  "selu",
  "softplus",
  "softsign",
  "hard_sigmoid",
  "relu6",
  "softmax",
] as const;

/** Sizes of a window, stride 1 or dilation 1: no runtime has both at once. */
function window(random: Random, rank: number): Record<string, unknown> {
  const dilated = random(3) === 0;
  const one = Array.from({ length: rank }, () => 1);
  return {
    kernel_size: many(random, rank, 1, 4),
    strides: dilated ? one : many(random, rank, 1, 3),
    dilation_rate: dilated ? many(random, rank, 1, 3) : one,
    padding: pick(random, ["same", "valid"]),
    activation: pick(random, ACTIVATIONS.slice(0, -1) as ["linear"]),
    use_bias: random(2) === 0,
  };
}

/** Large enough for any window above: (4 − 1) · 3 + 1 = 10. */
const spatial = (random: Random, rank: number, least = 10): number[] => many(random, rank, least, least + 6);

/** tfjs' own convolutions want the same number along both axes for some layers. */
function even(config: Record<string, unknown>, ...names: readonly string[]): Record<string, unknown> {
  for (const name of names) {
    const value = config[name];
    if (Array.isArray(value)) config[name] = value.map(() => value[0] as unknown);
  }
  return config;
}

/** tfjs pads by less than nothing in three dimensions where a stride is larger than its window. */
function withinWindow(config: Record<string, unknown>, sizes: "kernel_size" | "pool_size"): Record<string, unknown> {
  const [strides, window] = [config["strides"] as number[], config[sizes] as number[]];
  return { ...config, strides: strides.map((stride, axis) => Math.min(stride, window[axis] ?? 1)) };
}

const format = (random: Random): string => pick(random, ["channels_last", "channels_last", "channels_first"]);

function picture(random: Random, rank: number, dataFormat: string, channels = 1 + random(4)): number[] {
  const sizes = spatial(random, rank);
  return dataFormat === "channels_first" ? [channels, ...sizes] : [...sizes, channels];
}

function pool(random: Random, rank: number): RandomLayer {
  const dataFormat = rank === 1 ? "channels_last" : format(random);
  const config = {
    pool_size: many(random, rank, 1, 4),
    strides: many(random, rank, 1, 3),
    padding: pick(random, ["same", "valid"]),
    ...(rank === 1 ? {} : { data_format: dataFormat }),
  };
  const className = `${pick(random, ["Max", "Average"])}Pooling${rank}D`;
  return { className, config: rank === 3 ? withinWindow(config, "pool_size") : config, shape: picture(random, rank, dataFormat) };
}

function recurrent(random: Random): RandomLayer {
  const className = pick(random, ["LSTM", "GRU", "SimpleRNN"]);
  const config = {
    units: 1 + random(6),
    activation: pick(random, ["tanh", "relu", "linear", "sigmoid", "hard_sigmoid", "softsign"]),
    recurrent_activation: pick(random, ["sigmoid", "hard_sigmoid", "tanh"]),
    return_sequences: random(2) === 0,
    go_backwards: random(3) === 0,
    use_bias: random(3) > 0,
    // The default one is slow, and wants operators that are not loaded.
    recurrent_initializer: "zeros",
  };
  return { className, config: className === "GRU" ? { ...config, reset_after: false } : config, shape: [1 + random(6), 1 + random(5)] };
}

const GENERATORS: readonly ((random: Random) => RandomLayer)[] = [
  (random) => {
    const dataFormat = format(random);
    return {
      className: "Conv2D",
      config: { filters: 1 + random(5), data_format: dataFormat, ...window(random, 2) },
      shape: picture(random, 2, dataFormat),
    };
  },
  (random) => {
    const config = { filters: 1 + random(5), ...window(random, 1) };
    return { className: "Conv1D", config, shape: picture(random, 1, "channels_last") };
  },
  (random) => {
    const config = { filters: 1 + random(3), ...window(random, 3), dilation_rate: [1, 1, 1] };
    return { className: "Conv3D", config: withinWindow(config, "kernel_size"), shape: [...spatial(random, 3, 5), 1 + random(3)] };
  },
  (random) => {
    // tfjs' depthwise layer leaves its dilation out; Keras' own answers are in keras-layers.br.
    const config = even({ ...window(random, 2), depth_multiplier: 1 + random(3), dilation_rate: [1, 1] }, "strides");
    return { className: "DepthwiseConv2D", config, shape: picture(random, 2, "channels_last") };
  },
  (random) => {
    const config = even({ ...window(random, 2), filters: 1 + random(4), depth_multiplier: 1 + random(2) }, "strides", "dilation_rate");
    return { className: "SeparableConv2D", config, shape: picture(random, 2, "channels_last") };
  },
  (random) => {
    const dataFormat = format(random);
    const config = { filters: 1 + random(4), data_format: dataFormat, ...window(random, 2), dilation_rate: [1, 1] };
    const sizes = many(random, 2, 3, 7);
    const channels = 1 + random(3);
    return { className: "Conv2DTranspose", config, shape: dataFormat === "channels_first" ? [channels, ...sizes] : [...sizes, channels] };
  },
  (random) => pool(random, 1),
  (random) => pool(random, 2),
  (random) => pool(random, 3),
  (random) => {
    const rank = 1 + random(2);
    const dataFormat = rank === 1 ? "channels_last" : format(random);
    const className = `Global${pick(random, ["Max", "Average"])}Pooling${rank}D`;
    return { className, config: rank === 1 ? {} : { data_format: dataFormat }, shape: picture(random, rank, dataFormat) };
  },
  (random) => ({
    className: "Dense",
    config: { units: 1 + random(8), activation: pick(random, ACTIVATIONS), use_bias: random(2) === 0 },
    shape: many(random, 1 + random(3), 1, 6),
  }),
  (random) => {
    const shape = many(random, 1 + random(3), 2, 6);
    return {
      className: "BatchNormalization",
      config: { axis: random(2) === 0 ? -1 : shape.length, scale: random(3) > 0, center: random(3) > 0, epsilon: 0.01 },
      shape,
    };
  },
  (random) => {
    const shape = many(random, 1 + random(3), 2, 6);
    return { className: "LayerNormalization", config: { axis: -1, scale: random(3) > 0, center: random(3) > 0, epsilon: 0.001 }, shape };
  },
  (random) => {
    const dataFormat = format(random);
    return {
      className: "ZeroPadding2D",
      config: { padding: [many(random, 2, 0, 3), many(random, 2, 0, 3)], data_format: dataFormat },
      shape: picture(random, 2, dataFormat),
    };
  },
  (random) => {
    const dataFormat = format(random);
    return {
      className: "Cropping2D",
      config: { cropping: [many(random, 2, 0, 3), many(random, 2, 0, 3)], data_format: dataFormat },
      shape: picture(random, 2, dataFormat),
    };
  },
  (random) => {
    const dataFormat = format(random);
    return {
      className: "UpSampling2D",
      config: { size: many(random, 2, 1, 3), data_format: dataFormat, interpolation: "nearest" },
      shape: picture(random, 2, dataFormat),
    };
  },
  (random) => {
    const shape = many(random, 2 + random(2), 1, 5);
    const dims = shape.map((_, axis) => axis + 1).sort(() => random(2) - 0.5);
    return { className: "Permute", config: { dims }, shape };
  },
  (random) => ({ className: "RepeatVector", config: { n: 1 + random(5) }, shape: [1 + random(6)] }),
  (random) => {
    const shape = many(random, 3, 1, 5);
    const dataFormat = format(random);
    return { className: "Flatten", config: { data_format: dataFormat }, shape };
  },
  (random) => {
    const shape = many(random, 1 + random(3), 2, 5);
    return pick<RandomLayer>(random, [
      { className: "Softmax", config: { axis: -1 }, shape },
      { className: "LeakyReLU", config: { alpha: random(10) / 10 }, shape },
      { className: "ELU", config: {}, shape },
      { className: "ReLU", config: { max_value: random(2) === 0 ? 0.5 : null }, shape },
      { className: "PReLU", config: {}, shape },
      { className: "ThresholdedReLU", config: { theta: random(10) / 10 }, shape },
      { className: "Activation", config: { activation: pick(random, ACTIVATIONS) }, shape },
    ]);
  },
  recurrent,
  recurrent,
  (random) => {
    const inner = recurrent(random);
    const layer = { class_name: inner.className, config: { ...inner.config, name: "inner", go_backwards: false } };
    return { className: "Bidirectional", config: { layer, merge_mode: pick(random, ["concat", "sum", "mul", "ave"]) }, shape: inner.shape };
  },
  (random) => {
    const layer = { class_name: "Conv2D", config: { name: "inner", filters: 1 + random(3), ...window(random, 2) } };
    return { className: "TimeDistributed", config: { layer }, shape: [1 + random(3), ...picture(random, 2, "channels_last")] };
  },
  (random) => {
    const config = {
      filters: 1 + random(3),
      kernel_size: many(random, 2, 1, 3),
      padding: pick(random, ["same", "valid"]),
      return_sequences: random(2) === 0,
      go_backwards: random(3) === 0,
      recurrent_initializer: "zeros",
    };
    return { className: "ConvLSTM2D", config, shape: [1 + random(3), ...many(random, 2, 4, 7), 1 + random(2)] };
  },
];

/** Case `seed` of the fuzz: the same layer in every run. */
export function randomLayer(seed: number): RandomLayer {
  const random = randomBelow(seed * 7919 + 1);
  const generate = GENERATORS[seed % GENERATORS.length];
  if (generate === undefined) throw new Error("There are no generators.");
  return generate(random);
}
