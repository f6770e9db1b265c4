import type { FileTensor, FileTensors } from "@flotilla/contracts";
import { type InferenceSession, Tensor } from "onnxruntime-node";
import { openTflite } from "../reference/tflite-runtime.ts";
import type { TypedArray, Value } from "../reference/value.ts";
import { ELEMENT_ARRAYS } from "./element-arrays.ts";
import { inverseOf, permuteAxes, permuteShape } from "./permute-axes.ts";
import type { Runnable } from "./runnable.ts";

/**
 * An exported TFLite file as its own runtime runs it, behind the calls of a session: inputs and outputs have the model's names, its order of axes, and real
 * numbers where the file has integers. `tensors` says how they stand in the file.
 * @throws FlotillaError RUNTIME_REFUSED where TensorFlow Lite refuses the file or an operator of it
 */
export async function openTfliteFile(bytes: Uint8Array, tensors: FileTensors): Promise<Runnable> {
  const interpreter = (await openTflite(bytes)).interpreter();
  const outputNames = tensors.outputs.map(({ name }) => name);
  return {
    inputMetadata: tensors.inputs.map(describe),
    outputMetadata: tensors.outputs.map(describe),
    outputNames,
    run: async (feeds: Record<string, Tensor>) => {
      const values = tensors.inputs.map((tensor) => toFile(tensor, feeds[tensor.name]));
      const outputs = interpreter.run(values);
      return Object.fromEntries(tensors.outputs.flatMap((tensor, index) => toModel(tensor, outputs[index])));
    },
    release: async () => interpreter.close(),
  };
}

/** Integers with a scale are numbers of the model in another form; without one they are what the model takes. */
function typeOf({ type, scale }: FileTensor): string {
  return scale === null ? type : "float32";
}

function describe(tensor: FileTensor): InferenceSession.ValueMetadata {
  const shape = permuteShape(tensor.shape, inverseOf(tensor.perm));
  return { name: tensor.name, isTensor: true, type: typeOf(tensor) as Tensor.Type, shape };
}

function toFile(tensor: FileTensor, fed: Tensor | undefined): TypedArray {
  const length = tensor.shape.reduce((product, size) => product * size, 1);
  const given = (fed?.data ?? ELEMENT_ARRAYS[typeOf(tensor)]?.(length) ?? new Float32Array(length)) as TypedArray;
  const data = permuteAxes(given, fed?.dims ?? tensor.shape, tensor.perm);
  const integers = tensor.scale === null ? undefined : ELEMENT_ARRAYS[tensor.type]?.(length);
  if (integers === undefined || tensor.scale === null) return data;
  const [low, high] = tensor.type === "uint8" ? [0, 255] : [-128, 127];
  const [scale, zeroPoint] = [tensor.scale, tensor.zeroPoint ?? 0];
  for (let index = 0; index < length; index += 1)
    integers[index] = Math.max(low, Math.min(high, roundEven(Number(data[index]) / scale) + zeroPoint)) as never;
  return integers;
}

function toModel(tensor: FileTensor, value: Value | undefined): [string, Tensor][] {
  if (value === undefined) return [];
  const { name, scale, perm } = tensor;
  const zeroPoint = tensor.zeroPoint ?? 0;
  const reals =
    scale === null
      ? value.data
      : Float32Array.from(value.data as ArrayLike<number | bigint>, (integer) => scale * (Number(integer) - zeroPoint));
  const inverse = inverseOf(perm);
  const data = permuteAxes(reals, tensor.shape, inverse);
  return [[name, new Tensor(typeOf(tensor) as "float32", data as Float32Array, permuteShape(tensor.shape, inverse))]];
}

/** As QuantizeLinear rounds: half to even. */
function roundEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
