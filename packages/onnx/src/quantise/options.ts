/** Options of static int8 quantisation; the fields of the contracts' `int8-static` recipe pass, all optional. */
export interface StaticOptions {
  /** A scale per output channel of the weights. Per tensor is smaller and collapses on mobile networks. Default true. */
  readonly perChannel?: boolean;
  /** U8 fuses fully on x64; S8 is for ARM and accelerators. Default uint8. */
  readonly activations?: "uint8" | "int8";
  /** 7-bit weights, for x86 CPUs without VNNI. Default false. */
  readonly reduceRange?: boolean;
  /** Names of nodes that stay in float. */
  readonly exclude?: readonly string[];
}

export interface DynamicOptions {
  readonly perChannel?: boolean;
  /** 7-bit weights. On by default: which CPU will run the model is not known, and saturation would be silent. */
  readonly reduceRange?: boolean;
  readonly exclude?: readonly string[];
}

export interface Float16Options {
  /** Inputs and outputs keep their types; casts stand at the borders. Default true. */
  readonly keepIo?: boolean;
  readonly exclude?: readonly string[];
}
