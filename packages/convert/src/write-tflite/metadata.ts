import type { Draft } from "../flatbuffer/layout.ts";
import { writeFlatbuffer } from "../flatbuffer/write-flatbuffer.ts";
import { AssociatedFileType, ColorSpaceType, type ModelMetadata, TFLITE_METADATA } from "../tflite-schema/gen/metadata.ts";
import { storeZip } from "./store-zip.ts";

/** What a person knows of a model, for readers of TFLite metadata. */
export interface TfliteDescription {
  readonly name: string;
  readonly description?: string;
  /** Class names of the first output, by index; empty where there are none. */
  readonly labels?: readonly string[];
  /** How an image becomes the first input: (pixel − mean) / std for pixels 0…255, one number for all channels or one each. */
  readonly image?: {
    readonly mean: readonly number[];
    readonly std: readonly number[];
    readonly channels: 1 | 3;
    readonly width: number;
    readonly height: number;
  };
}

const LABELS = "labels.txt";

/**
 * The content of a file's TFLITE_METADATA entry.
 * Source: https://ai.google.dev/edge/litert/models/metadata, metadata_schema.fbs
 */
export function encodeMetadata(facts: TfliteDescription, inputs: readonly string[], outputs: readonly string[]): Uint8Array {
  const labelled = (facts.labels?.length ?? 0) > 0;
  const metadata: Draft<ModelMetadata> = {
    name: facts.name,
    description: facts.description ?? null,
    minParserVersion: "1.0.0",
    subgraphMetadata: [
      {
        inputTensorMetadata: inputs.map((name, index) => ({ name, ...(index === 0 ? imageMetadata(facts.image) : {}) })),
        outputTensorMetadata: outputs.map((name, index) => ({
          name,
          ...(index === 0 && labelled
            ? { associatedFiles: [{ name: LABELS, description: "Class names, one a line.", type: AssociatedFileType.TENSOR_AXIS_LABELS }] }
            : {}),
        })),
      },
    ],
  };
  return writeFlatbuffer(TFLITE_METADATA, metadata);
}

type InputMetadata = NonNullable<NonNullable<Draft<ModelMetadata>["subgraphMetadata"]>[number]["inputTensorMetadata"]>[number];

function imageMetadata(image: TfliteDescription["image"]): InputMetadata {
  if (image === undefined) return {};
  const { mean, std, channels, width, height } = image;
  const colorSpace = channels === 3 ? ColorSpaceType.RGB : ColorSpaceType.GRAYSCALE;
  return {
    content: { contentProperties: { type: "ImageProperties", value: { colorSpace, defaultSize: { width, height } } } },
    processUnits: [{ options: { type: "NormalizationOptions", value: { mean, std } } }],
    stats: {
      min: std.map((each, channel) => (0 - (mean[channel] ?? 0)) / each),
      max: std.map((each, channel) => (255 - (mean[channel] ?? 0)) / each),
    },
  };
}

/** The file with its label file in a zip behind it, as metadata readers look for it; the file itself where there are no labels. */
export function appendLabels(file: Uint8Array, labels: readonly string[] | undefined): Uint8Array {
  if (labels === undefined || labels.length === 0) return file;
  const content = new TextEncoder().encode(labels.map((label) => label.replaceAll(/[\r\n]+/gu, " ")).join("\n"));
  return Buffer.concat([file, storeZip({ [LABELS]: content }, file.byteLength)]);
}
