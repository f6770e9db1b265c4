import type { Preprocessing } from "@flotilla/contracts";
import { FlotillaError } from "@flotilla/contracts/errors";
import { FlatbufferError } from "../flatbuffer/errors.ts";
import { readFlatbuffer } from "../flatbuffer/read-flatbuffer.ts";
import {
  AssociatedFileType,
  ColorSpaceType,
  type ModelMetadata,
  TFLITE_METADATA,
  type TensorMetadata,
} from "../tflite-schema/gen/metadata.ts";
import { readZip, type ZipArchive } from "../zip/read-zip.ts";
import type { SourceModel, SourceTensor } from "./source/types.ts";

/** What a TFLite file says about itself, in the words of a model version's card. */
export interface TfliteCard {
  readonly labels: readonly string[];
  readonly preprocessing: Preprocessing | null;
  /** Name, description, author, licence and version, as far as they are given. */
  readonly facts: Readonly<Record<string, string>>;
  /** Sentences about what could not be read. Metadata that are damaged do not keep a model from being converted. */
  readonly notes: readonly string[];
}

/** Pictures larger than this are no model's input. */
const MAX_SIDE = 8192;

/**
 * The card out of a file's metadata: the buffer `TFLITE_METADATA`, and the files that the zip archive behind the model holds. Without metadata the card is
 * empty. A picture's numbers are (pixel - mean) / std, pixels 0…255, as TFLite's metadata define it.
 * Source: tflite-support, metadata_schema.fbs 1.5.0
 */
export function readCard(bytes: Uint8Array, model: SourceModel): TfliteCard {
  const notes: string[] = [];
  const facts = signatureFacts(model);
  const metadata = attempt(notes, "Its metadata", () => readMetadata(model));
  if (metadata === null) return { labels: [], preprocessing: null, facts, notes };
  const archive = attempt(notes, "The archive behind it", () => readAppended(bytes));
  const [graph] = metadata.subgraphMetadata;
  const [main] = model.graphs;
  const input = main?.tensors[main.inputs[0] ?? -1];
  return {
    labels: attempt(notes, "Its list of labels", () => readLabels(graph?.outputTensorMetadata ?? [], archive)) ?? [],
    preprocessing: input === undefined || main?.inputs.length !== 1 ? null : readPreprocessing(graph?.inputTensorMetadata[0], input),
    facts: {
      ...facts,
      ...given({
        title: metadata.name,
        description: metadata.description,
        author: metadata.author,
        license: metadata.license,
        version: metadata.version,
      }),
    },
    notes,
  };
}

function attempt<T>(notes: string[], what: string, read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FlatbufferError || error instanceof FlotillaError)) throw error;
    notes.push(`${what} cannot be read: ${error.message}`);
    return null;
  }
}

function given(values: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== ""));
}

/** The names that the training program knows inputs and outputs by; the file's own are often those of the exporter. */
function signatureFacts({ signature, graphs }: SourceModel): Record<string, string> {
  const [main] = graphs;
  if (signature === null || main === undefined) return {};
  const names = (indices: readonly number[], known: ReadonlyMap<number, string>): string =>
    JSON.stringify(
      Object.fromEntries(indices.flatMap((index) => (known.has(index) ? [[main.tensors[index]?.name, known.get(index)]] : []))),
    );
  return {
    signature: signature.key,
    "signature.inputs": names(main.inputs, signature.inputs),
    "signature.outputs": names(main.outputs, signature.outputs),
  };
}

function readMetadata(model: SourceModel): ModelMetadata | null {
  const found = model.metadata.find(({ name }) => name === "TFLITE_METADATA");
  return found === undefined ? null : (readFlatbuffer(TFLITE_METADATA, found.data) as ModelMetadata);
}

/**
 * The archive behind the model; null where there is none. Its places count from the file's beginning or from its own, depending on who appended it.
 * Source: PKWARE APPNOTE 6.3.10, 4.3.16
 */
function readAppended(bytes: Uint8Array): ZipArchive | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let end = bytes.byteLength - 22; end >= 0 && end >= bytes.byteLength - 22 - 0xffff; end -= 1) {
    if (view.getUint32(end, true) !== 0x06054b50) continue;
    const start = end - view.getUint32(end + 12, true) - view.getUint32(end + 16, true);
    return readZip(start > 0 ? bytes.subarray(start) : bytes);
  }
  return null;
}

/** One label a line, of the first output that has some. */
function readLabels(outputs: readonly TensorMetadata[], archive: ZipArchive | null): string[] {
  const file = outputs
    .flatMap(({ associatedFiles }) => associatedFiles)
    .find(({ type }) => type === AssociatedFileType.TENSOR_AXIS_LABELS || type === AssociatedFileType.TENSOR_VALUE_LABELS);
  if (file === undefined || archive === null) return [];
  const lines = new TextDecoder().decode(archive.read(file.name ?? "")).split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

function readPreprocessing(metadata: TensorMetadata | undefined, input: SourceTensor): Preprocessing | null {
  const content = metadata?.content?.contentProperties ?? null;
  const [, height = 0, width = 0, channels = 0] = input.signature;
  if (content?.type !== "ImageProperties" || input.shape.length !== 4 || (channels !== 1 && channels !== 3)) return null;
  if (height < 1 || width < 1 || Math.max(height, width) > MAX_SIDE) return null;
  if ((content.value.colorSpace === ColorSpaceType.GRAYSCALE) !== (channels === 1)) return null;
  const unit = metadata?.processUnits.find(({ options }) => options?.type === "NormalizationOptions")?.options;
  const normalisation = unit?.type === "NormalizationOptions" ? unit.value : null;
  return {
    kind: "image",
    width,
    height,
    channels,
    channelOrder: "rgb",
    layout: "nhwc",
    scale: 1,
    mean: perChannel(normalisation?.mean ?? [], channels, 0),
    std: perChannel(normalisation?.std ?? [], channels, 1),
  };
}

/** One value stands for all channels. What cannot be divided by is left out. */
function perChannel(values: readonly number[], channels: number, fallback: number): number[] {
  const usable = values.every((value) => Number.isFinite(value) && (fallback === 0 || value !== 0));
  return usable && (values.length === 1 || values.length === channels) ? [...values] : [fallback];
}
