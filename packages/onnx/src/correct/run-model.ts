/** A tensor that goes into or comes out of a runtime. */
export interface Value {
  readonly data: Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;
  readonly dims: readonly number[];
  /** Bytes that are truth values, where the bare array would mean uint8. */
  readonly bool?: boolean;
}

/** One batch: a value per graph input. All batches of a set should have the same size: measurements weigh batches by it. */
export type Feeds = Readonly<Record<string, Value>>;

export interface ModelSession {
  /** Runs one batch. With `wanted`, only those outputs are needed: a runtime may save itself the rest. */
  readonly run: (feeds: Feeds, wanted?: readonly string[]) => Promise<Readonly<Record<string, Value>>>;
  readonly release: () => Promise<void>;
}

/**
 * Opens a model file in a runtime. This package knows none: the caller brings onnxruntime, in the process that may run foreign models.
 * `optimise` false asks for the graph as it is written: slower, and exact where integer kernels saturate.
 */
export type OpenModel = (bytes: Uint8Array, options: { readonly optimise: boolean }) => Promise<ModelSession>;

/** Gives the batches of a data set anew, in the same order each time. Nothing keeps more than one of them in memory. */
export type Batches = () => Iterable<Feeds> | AsyncIterable<Feeds>;

/** Opens, runs every batch, releases; `use` is given each batch's outputs and its number of samples. */
export async function runBatches(
  open: OpenModel,
  bytes: Uint8Array,
  batches: Batches,
  use: (outputs: Readonly<Record<string, Value>>, feeds: Feeds, samples: number) => void,
  options: { readonly optimise?: boolean; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const session = await open(bytes, { optimise: options.optimise ?? true });
  try {
    for await (const feeds of batches()) {
      options.signal?.throwIfAborted();
      use(await session.run(feeds), feeds, Object.values(feeds)[0]?.dims[0] ?? 1);
    }
  } finally {
    await session.release();
  }
}

/** A value that must be float32: what taps and scores are. */
export function floats(outputs: Readonly<Record<string, Value>>, name: string): Float32Array | null {
  const data = outputs[name]?.data;
  return data instanceof Float32Array ? data : null;
}
