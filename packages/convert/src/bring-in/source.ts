import type { ConversionOptions, Preprocessing, TensorSpec } from "@flotilla/contracts";
import type { OnnxModel } from "@flotilla/onnx";
import type { Unsupported } from "../errors.ts";

/** What a file says about itself. */
export interface SourceFacts {
  readonly framework: string;
  /** null where the file does not say it. */
  readonly frameworkVersion: string | null;
  readonly partsAre: "layers" | "operators";
  /** Layer classes or operators with their counts. */
  readonly kinds: ReadonlyMap<string, number>;
  readonly unsupported: readonly Unsupported[];
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly string[];
}

/** What the file itself says about the use of the model, for its card. */
export interface ModelHints {
  /** Class names by index; empty where there are none. */
  readonly labels: readonly string[];
  /** How a picture becomes the input; null where the file does not say it. */
  readonly preprocessing: Preprocessing | null;
  /** Where the one input is integers: the real value is scale · (integer − zeroPoint). */
  readonly inputScale: { readonly scale: number; readonly zeroPoint: number } | null;
  /** The model scales pixels of 0…255 itself. */
  readonly rawPixels: boolean;
  /** 8-bit weights between float activations, which its own runtime rounds. */
  readonly dynamic: boolean;
}

export interface BroughtIn {
  readonly model: OnnxModel;
  /** Nodes as converted, and after the clean-up that `model` has had. */
  readonly nodesBefore: number;
  readonly nodesAfter: number;
  readonly notes: readonly string[];
  readonly hints: ModelHints;
}

/** A kind of file that models come in. */
export interface Source {
  /** @throws FlotillaError where the description itself is damaged */
  readonly inspect: (bytes: Uint8Array) => SourceFacts;
  /** @throws FlotillaError UNSUPPORTED_OPERATOR with everything that cannot be converted, or what is wrong with the file */
  readonly convert: (bytes: Uint8Array, options: ConversionOptions) => BroughtIn;
}
