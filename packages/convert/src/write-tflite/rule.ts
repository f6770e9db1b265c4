import type { Node } from "@flotilla/onnx";
import type { Emitter } from "./emitter.ts";
import type { Builtin } from "./target-model.ts";

/** How one ONNX operator, or a few of the same kind, is written as TFLite. */
export interface OperatorRule {
  /** ONNX operators of the standard domain. */
  readonly operators: readonly string[];
  /** TFLite operators that it may write. */
  readonly builtins: readonly Builtin[];
  /** Whether it calculates on int8 where its data are quantised. */
  readonly integer: boolean;
  /** What is not written, as a sentence for the documentation; empty where there is no limit. */
  readonly limits: string;
  /** Why this node cannot be written; null where it can. */
  readonly refuse?: (emitter: Emitter, node: Node) => string | null;
  readonly emit: (emitter: Emitter, node: Node) => void;
}
