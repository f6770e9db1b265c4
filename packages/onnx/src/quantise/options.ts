import type { QuantProfile } from "./profile.ts";

/** What stays in float: nodes by name, or every node of an operator. */
export interface Exclusions {
  readonly exclude?: readonly string[];
  readonly excludeOperators?: readonly string[];
}

/** Options of static int8 quantisation; the fields of the contracts' `int8-static` recipe pass, all optional. Default: x64 with VNNI. */
export interface StaticOptions extends Partial<QuantProfile>, Exclusions {
  /**
   * The smallest file: biases stay float, which onnxruntime quantises when it loads the model, and layers in which a scale per channel gains
   * less than a decibel take one scale. Default false.
   */
  readonly compact?: boolean;
  /** LSTM layers calculate on integers as well, their activations quantised in each run (onnxruntime's DynamicQuantizeLSTM). Default false. */
  readonly recurrent?: boolean;
}

export interface DynamicOptions extends Exclusions {
  readonly perChannel?: boolean;
  /** 7-bit weights. On by default: which CPU will run the model is not known, and saturation would be silent. */
  readonly reduceRange?: boolean;
}

/** Options of weight-only quantisation. */
export interface WeightOnlyOptions extends Exclusions {
  /** 4 bits need opset 21 and are for MatMul and Gemm; other layers then take 8. 16 bits are float16. Default 8. */
  readonly bits?: 4 | 8 | 16;
  /** Values that share a scale along the input dimension. Default 32 with 4 bits; with 8, absent means a scale per channel and no new opset. */
  readonly blockSize?: 16 | 32 | 64 | 128;
  /** Zero points in the middle. Default true for 8 bits, false for 4, where a zero point is worth half a bit. */
  readonly symmetric?: boolean;
}

export interface Float16Options extends Exclusions {
  /** Inputs and outputs keep their types; casts stand at the borders. Default true. */
  readonly keepIo?: boolean;
  /** Observed float32 ranges: nodes whose values would overflow in float16 stay in float32. */
  readonly ranges?: ReadonlyMap<string, { readonly min: number; readonly max: number }>;
}
