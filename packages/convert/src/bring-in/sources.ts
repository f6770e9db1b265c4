import type { SourceFormat } from "@flotilla/contracts";
import type { Source } from "./source.ts";

const keras = async (): Promise<Source> => (await import("./keras-source.ts")).kerasSource;

/** A child reads one file: it loads the reader that this one needs, and no other. */
const SOURCES: Readonly<Record<SourceFormat, () => Promise<Source>>> = {
  "keras-h5": keras,
  "keras-v3": keras,
  "tfjs-layers": keras,
  tflite: async () => (await import("./tflite-source.ts")).tfliteSource,
};

export function sourceOf(format: SourceFormat): Promise<Source> {
  return SOURCES[format]();
}
