import { convertError } from "../errors.ts";
import { BuiltinOperator, type Model, type Operator, TensorType } from "../tflite-schema/gen/tflite.ts";

/** A tensor as the Edge TPU's rules look at it. */
export interface TensorFacts {
  readonly index: number;
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: string;
  /** The bytes of a constant; null where it is calculated. */
  readonly content: Uint8Array | null;
  /** The integer that stands for 0; 0 where the tensor is not quantised. */
  readonly zeroPoint: number;
  /** Whether a size is only known when it runs. An open batch is 1 until somebody changes it, and is compiled so. */
  readonly isDynamic: boolean;
}

/** An operator of the main graph, in the order in which it runs. */
export interface OperatorFacts {
  readonly index: number;
  /** The builtin's name, or the custom code. */
  readonly kind: string;
  /** Its first output's name: TFLite's operators have none of their own. */
  readonly label: string;
  readonly inputs: readonly (TensorFacts | null)[];
  readonly outputs: readonly TensorFacts[];
  readonly options: Readonly<Record<string, unknown>>;
}

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(BuiltinOperator).flatMap(([name, number]): [number, string][] => (number === null ? [] : [[number, name]])),
);
const TYPES: ReadonlyMap<number, string> = new Map(Object.entries(TensorType).map(([name, number]): [number, string] => [number, name]));

/**
 * The operators of a file's main graph with what is known of their tensors.
 * @throws FlotillaError INVALID_GRAPH where an index points nowhere
 */
export function readOperators(model: Model): readonly OperatorFacts[] {
  const graph = model.subgraphs[0];
  if (graph === undefined) throw convertError("INVALID_GRAPH", "The TFLite file has no graph. Export it again.");
  const tensors = graph.tensors.map((tensor, index): TensorFacts => {
    const content = model.buffers[tensor.buffer]?.data ?? new Uint8Array();
    return {
      index,
      name: tensor.name ?? `tensor ${index}`,
      shape: tensor.shape,
      type: TYPES.get(tensor.type) ?? `type ${tensor.type}`,
      content: content.byteLength === 0 ? null : content,
      zeroPoint: tensor.quantization?.zeroPoint[0] ?? 0,
      isDynamic: tensor.shape.some((size) => size < 0) || tensor.shapeSignature.slice(1).some((size) => size < 0),
    };
  });
  const tensorAt = (index: number): TensorFacts => {
    const tensor = tensors[index];
    if (tensor === undefined)
      throw convertError("INVALID_GRAPH", `The TFLite file speaks of a tensor ${index} and has ${tensors.length}. Export it again.`);
    return tensor;
  };
  return graph.operators.map((operator, index) => ({
    index,
    kind: kindOf(model, operator),
    label: operator.outputs[0] === undefined ? `operator ${index}` : tensorAt(operator.outputs[0]).name,
    inputs: operator.inputs.map((input) => (input === -1 ? null : tensorAt(input))),
    outputs: operator.outputs.map(tensorAt),
    options: { ...operator.builtinOptions?.value },
  }));
}

function kindOf(model: Model, operator: Operator): string {
  const code = model.operatorCodes[operator.opcodeIndex];
  if (code === undefined)
    throw convertError(
      "INVALID_GRAPH",
      `The TFLite file speaks of an operator code ${operator.opcodeIndex} that it lacks. Export it again.`,
    );
  const number = Math.max(code.builtinCode, code.deprecatedBuiltinCode);
  return number === BuiltinOperator.CUSTOM ? (code.customCode ?? "CUSTOM") : (NAMES.get(number) ?? `operator ${number}`);
}
