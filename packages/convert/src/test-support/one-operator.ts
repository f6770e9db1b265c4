import type { Draft } from "../flatbuffer/layout.ts";
import { BuiltinOperator, type Operator, TensorType } from "../tflite-schema/gen/tflite.ts";
import { writeModelFile } from "../tflite-schema/model-file.ts";
import { openTflite, type TfliteValue } from "./run-tflite.ts";

/** An input of the operator: computed where it has no values, else a constant. */
export interface Operand {
  readonly shape: readonly number[];
  /** Default float32. */
  readonly type?: number;
  readonly values?: readonly number[];
  /** A state that the runtime keeps and begins with zeros. */
  readonly variable?: boolean;
}

export interface OneOperator {
  readonly kind: keyof typeof BuiltinOperator;
  readonly options?: Draft<Operator>["builtinOptions"];
  /** Null is an input that is left out. */
  readonly inputs: readonly (Operand | null)[];
  /** Types of the outputs. Default one float32. */
  readonly outputs?: readonly number[];
  /** Shapes of the outputs, where the runtime needs them beforehand. */
  readonly shapes?: readonly (readonly number[])[];
}

function bytesOf({ type = TensorType.FLOAT32, values = [] }: Operand): Uint8Array {
  const array =
    type === TensorType.FLOAT32
      ? Float32Array.from(values)
      : type === TensorType.INT32
        ? Int32Array.from(values)
        : type === TensorType.INT64
          ? BigInt64Array.from(values, BigInt)
          : Int8Array.from(values);
  return new Uint8Array(array.buffer);
}

/** A file with this operator alone; computed inputs are called in0, in1… and outputs out0, out1… */
export function writeOperator(
  { kind, options, inputs, outputs = [TensorType.FLOAT32] }: OneOperator,
  shapes: readonly (readonly number[])[],
): Uint8Array {
  const present = inputs.filter((input) => input !== null);
  const buffers = [{}, ...present.flatMap((input) => (input.values === undefined ? [] : [{ data: bytesOf(input) }]))];
  let next = 0;
  const tensors = present.map((input, index) => {
    if (input.values !== undefined) next += 1;
    return {
      name: `in${index}`,
      shape: input.shape,
      type: input.type ?? TensorType.FLOAT32,
      buffer: input.values === undefined ? 0 : next,
      isVariable: input.variable === true,
    };
  });
  const code = BuiltinOperator[kind];
  const results = outputs.map((type, index) => ({ name: `out${index}`, shape: shapes[index] ?? [1], type }));
  const places = results.map((_, index) => tensors.length + index);
  return writeModelFile({
    version: 3,
    operatorCodes: [{ builtinCode: code, deprecatedBuiltinCode: Math.min(code, 127), version: 1 }],
    buffers,
    subgraphs: [
      {
        name: "main",
        tensors: [...tensors, ...results],
        inputs: present.flatMap((input, index) => (input.values === undefined && input.variable !== true ? [index] : [])),
        outputs: places,
        operators: [
          {
            opcodeIndex: 0,
            inputs: inputs.map((input) => (input === null ? -1 : present.indexOf(input))),
            outputs: places,
            ...(options === undefined ? {} : { builtinOptions: options }),
          },
        ],
      },
    ],
  });
}

/** The file, its outputs' shapes as the runtime finds them, and what the runtime computes from `feeds`. */
export async function runOperator(
  operator: OneOperator,
  feeds: Parameters<Awaited<ReturnType<typeof openTflite>>>[0],
): Promise<{ readonly bytes: Uint8Array; readonly wanted: readonly TfliteValue[] }> {
  const run = await openTflite(writeOperator(operator, operator.shapes ?? []));
  const wanted = run(feeds);
  return {
    bytes: writeOperator(
      operator,
      wanted.map(({ shape }) => shape),
    ),
    wanted,
  };
}
