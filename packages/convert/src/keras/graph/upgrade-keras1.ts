/** What Keras 1 calls a setting → what Keras 2 calls it. Source: keras 2.0 legacy/interfaces.py */
const RENAMED: Readonly<Record<string, string>> = {
  border_mode: "padding",
  subsample: "strides",
  subsample_length: "strides",
  atrous_rate: "dilation_rate",
  bias: "use_bias",
  output_dim: "units",
  inner_activation: "recurrent_activation",
  p: "rate",
  pool_length: "pool_size",
  stride: "strides",
  length: "size",
};

const CLASSES: Readonly<Record<string, string>> = {
  Convolution1D: "Conv1D",
  Convolution2D: "Conv2D",
  Convolution3D: "Conv3D",
  AtrousConvolution1D: "Conv1D",
  AtrousConvolution2D: "Conv2D",
  Deconvolution2D: "Conv2DTranspose",
  SeparableConvolution2D: "SeparableConv2D",
};

type Config = Readonly<Record<string, unknown>>;

/** A layer's class and settings of Keras 1 in the words of Keras 2. Where the backend's order of axes is not said, Keras 1 used the TensorFlow one. */
export function upgradeKeras1(className: string, config: unknown): { readonly className: string; readonly config: unknown } {
  if (typeof config !== "object" || config === null || Array.isArray(config)) return { className, config };
  const old = config as Config;
  const modern = CLASSES[className] ?? className;
  if (modern === "Merge") return upgradeMerge(old);
  const entries = Object.entries(old).map(([name, value]) => [rename(name, modern), value] as const);
  const values: Record<string, unknown> = Object.fromEntries(entries.filter(([, value]) => value !== null));
  if (old["dim_ordering"] !== undefined) values["data_format"] = old["dim_ordering"] === "th" ? "channels_first" : "channels_last";
  Object.assign(values, kernelOf(modern, old));
  return { className: modern, config: values };
}

function rename(name: string, className: string): string {
  if (className === "Embedding" && name === "output_dim") return name;
  if (className === "RepeatVector" && name === "n") return name;
  return RENAMED[name] ?? name;
}

/** Kernel sizes and filters stood in settings of their own. */
function kernelOf(className: string, old: Config): Config {
  const filters = old["nb_filter"];
  if (filters === undefined) return {};
  if (className === "Conv1D") return { filters, kernel_size: old["filter_length"] };
  const sizes = ["kernel_dim1", "kernel_dim2", "kernel_dim3"].map((name) => old[name]).filter((size) => size !== undefined);
  return { filters, kernel_size: sizes.length === 3 ? sizes : [old["nb_row"], old["nb_col"]] };
}

const MERGES: Readonly<Record<string, string>> = {
  sum: "Add",
  mul: "Multiply",
  ave: "Average",
  max: "Maximum",
  concat: "Concatenate",
  dot: "Dot",
};

function upgradeMerge(old: Config): { className: string; config: Config } {
  const mode = String(old["mode"]);
  const className = MERGES[mode] ?? `Merge(${mode})`;
  return { className, config: { name: old["name"], axis: old["concat_axis"] ?? -1, axes: old["dot_axes"] ?? -1 } };
}
