import { FlotillaError } from "@flotilla/contracts/errors";

/** An input or output of a model, as a runtime describes it. A dimension that is no positive number is open. */
export interface ModelTensor {
  readonly name: string;
  /** Element type as onnxruntime names it. */
  readonly type: string;
  readonly shape: readonly (number | string | null)[];
}

/** What a data set holds of each sample for one input. */
export interface SampleArray {
  /** The input that it is for; null: the model's first. */
  readonly name: string | null;
  /** Of one sample, without the axis that counts samples. */
  readonly shape: readonly number[];
}

/** How one input is fed in each step of a sample. */
export interface InputFeed {
  readonly name: string;
  readonly type: string;
  /** Of the tensor in one step. */
  readonly dims: readonly number[];
  /** Index of the sample's array, whose first axis may count steps; or the output that gives the next step's value, which begins with zeros. */
  readonly from: { readonly array: number; readonly perStep: boolean } | { readonly output: string };
}

export interface FeedPlan {
  /** Runs of the model that one sample takes: 1, except for models with a state whose samples are sequences. */
  readonly steps: number;
  readonly inputs: readonly InputFeed[];
}

/**
 * Pairs the arrays of a data set with the inputs of a model. An array has the input's shape without its batch axis, which is 1, or all of its shape.
 *
 * An input without an array is a state: an output gives it back, and it begins as zeros. It is the output that is named after it (`state` → `stateN`),
 * else the next one behind the first of the same type and rank. A model with states may be given sequences: arrays with one axis more, which
 * counts the steps.
 *
 * @throws FlotillaError PREPROCESSING_MISMATCH with both shapes, or the inputs that nothing feeds
 */
export function planFeeds(
  model: { readonly inputs: readonly ModelTensor[]; readonly outputs: readonly ModelTensor[] },
  arrays: readonly SampleArray[],
): FeedPlan {
  const arrayOf = pairArrays(model.inputs, arrays);
  const states = pairStates(model, arrayOf);
  const takesSteps = states.size > 0;
  const counted = model.inputs.flatMap((input) => {
    const array = arrays[arrayOf.get(input.name) ?? -1];
    return takesSteps && array !== undefined && input.shape.length > 0 && array.shape.length === input.shape.length ? [array] : [];
  });
  const steps = counted[0]?.shape[0] ?? 1;
  const odd = counted.find(({ shape }) => shape[0] !== steps);
  if (odd !== undefined)
    throw mismatch(
      `The array ${quote(odd.name ?? "")} has ${odd.shape[0]} steps a sample, but ${quote(counted[0]?.name ?? "")} has ${steps}.`,
    );
  const inputs = model.inputs.map((input): InputFeed => {
    const array = arrayOf.get(input.name);
    const output = states.get(input.name);
    if (array === undefined)
      return { name: input.name, type: input.type, dims: input.shape.map(openAsOne), from: { output: output ?? "" } };
    const sample = arrays[array]?.shape ?? [];
    const perStep = takesSteps && input.shape.length > 0 && sample.length === input.shape.length;
    return { name: input.name, type: input.type, dims: fit(input, perStep ? sample.slice(1) : sample), from: { array, perStep } };
  });
  return { steps, inputs };
}

/** Input → index of its array. */
function pairArrays(inputs: readonly ModelTensor[], arrays: readonly SampleArray[]): Map<string, number> {
  const names = inputs.map(({ name }) => quote(name)).join(", ");
  const pairs = new Map<string, number>();
  for (const [index, { name }] of arrays.entries()) {
    const input =
      name === null ? inputs[0] : (inputs.find((one) => one.name === name) ?? inputs.find((one) => plain(one.name) === plain(name)));
    if (input === undefined)
      throw mismatch(
        `The data set has an array ${quote(name ?? "")}, but the model's inputs are ${names}. Name each array like its input.`,
      );
    if (pairs.has(input.name)) throw mismatch(`The data set has two arrays for the model's input ${quote(input.name)}. Leave one out.`);
    pairs.set(input.name, index);
  }
  return pairs;
}

/** File names cannot hold all that names of inputs can: `input:0` is stored as `input_0`. */
function plain(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9]/g, "_");
}

/** Input that no array feeds → the output that gives it back. */
function pairStates(
  { inputs, outputs }: { readonly inputs: readonly ModelTensor[]; readonly outputs: readonly ModelTensor[] },
  arrayOf: ReadonlyMap<string, number>,
): Map<string, string> {
  const left = new Set(outputs);
  const states = new Map<string, string>();
  const missing = inputs.filter(({ name }) => !arrayOf.has(name));
  for (const input of missing) {
    const fitting = [...left].filter((output) => isLike(input, output));
    const output =
      fitting.find(({ name }) => name.toLowerCase().startsWith(input.name.toLowerCase())) ?? fitting.find((one) => one !== outputs[0]);
    if (output === undefined) {
      const wanted = missing.map(({ name, shape }) => `${quote(name)} (${describe(shape)})`).join(", ");
      throw mismatch(
        `Nothing feeds the model's input ${wanted}: the data set has no such array, and no output gives it back as a state. Upload a .npz archive with one array an input, each named like it.`,
      );
    }
    left.delete(output);
    states.set(input.name, output.name);
  }
  return states;
}

function isLike(input: ModelTensor, output: ModelTensor): boolean {
  return (
    input.type === output.type &&
    input.shape.length === output.shape.length &&
    input.shape.every((size, axis) => isOpen(size) || isOpen(output.shape[axis]) || size === output.shape[axis])
  );
}

function fit(input: ModelTensor, sample: readonly number[]): number[] {
  const whole = sample.length === input.shape.length;
  const dims = whole ? [...sample] : [1, ...sample];
  const fits = dims.length === input.shape.length && input.shape.every((size, axis) => isOpen(size) || size === dims[axis]);
  if (fits) return dims;
  const [batch] = input.shape;
  const onlyBatch =
    !whole && dims.length === input.shape.length && input.shape.every((size, axis) => axis === 0 || isOpen(size) || size === dims[axis]);
  const why = onlyBatch
    ? `the model's batch is fixed to ${batch}, and 1 is needed`
    : "change the preprocessing on the model's card, or use other data";
  throw mismatch(`The model's input "${input.name}" is ${describe(input.shape)}, but the data gives ${describe(dims)}: ${why}.`);
}

function isOpen(size: number | string | null | undefined): boolean {
  return typeof size !== "number" || size <= 0;
}

function openAsOne(size: number | string | null): number {
  return typeof size === "number" && size > 0 ? size : 1;
}

function describe(shape: readonly (number | string | null)[]): string {
  return shape.length === 0 ? "a single number" : shape.map((size) => size ?? "?").join(" × ");
}

function quote(name: string): string {
  return JSON.stringify(name);
}

function mismatch(sentence: string): FlotillaError {
  return new FlotillaError("PREPROCESSING_MISMATCH", sentence);
}
