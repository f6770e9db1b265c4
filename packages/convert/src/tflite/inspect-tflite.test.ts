import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DataType, tensorFromNumbers, writeModel } from "@flotilla/onnx";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import type { Draft } from "../flatbuffer/layout.ts";
import { openTflite } from "../test-support/run-tflite.ts";
import { BuiltinOperator, type Model, TensorType } from "../tflite-schema/gen/tflite.ts";
import { readModelFile, writeModelFile } from "../tflite-schema/model-file.ts";
import { convertTflite } from "./convert-tflite.ts";
import { inspectTflite } from "./inspect-tflite.ts";

const fixture = (name: string, file: string): Uint8Array =>
  new Uint8Array(readFileSync(join(import.meta.dirname, "../../test-data/tflite", name, file)));

/** The float MNIST model with each filter stored by `store`, which gets its values and may put operators in front. */
function withFilters(
  store: (
    filter: { values: Float32Array; index: number; shape: readonly number[] },
    add: (data: Uint8Array) => number,
  ) => { tensor: object; extra?: object },
): Uint8Array {
  const model = readModelFile(fixture("mnist_cnn", "model.tflite"));
  const [graph] = model.subgraphs;
  if (graph === undefined) throw new Error("The fixture has no graph.");
  const buffers: Draft<Model>["buffers"] = [...model.buffers];
  const add = (data: Uint8Array): number => (buffers as { data: Uint8Array }[]).push({ data }) - 1;
  const tensors: object[] = [...graph.tensors];
  const operators: object[] = [...graph.operators];
  for (const [index, { shape, type, buffer }] of graph.tensors.entries()) {
    const data = model.buffers[buffer]?.data ?? new Uint8Array();
    if (type !== TensorType.FLOAT32 || data.byteLength === 0 || shape.length < 2) continue;
    const { tensor, extra } = store({ values: new Float32Array(data.slice().buffer), index, shape }, add);
    if (extra === undefined) tensors[index] = { ...graph.tensors[index], ...tensor };
    else {
      tensors[index] = { ...graph.tensors[index], buffer: 0 };
      operators.unshift({ ...extra, opcodeIndex: model.operatorCodes.length, inputs: [tensors.length], outputs: [index] });
      tensors.push({ ...graph.tensors[index], name: `half${index}`, ...tensor });
    }
  }
  const operatorCodes = [
    ...model.operatorCodes,
    { builtinCode: BuiltinOperator.DEQUANTIZE, deprecatedBuiltinCode: BuiltinOperator.DEQUANTIZE, version: 3 },
  ];
  return writeModelFile({ ...model, buffers, operatorCodes, subgraphs: [{ ...graph, tensors, operators }] });
}

const halved = (): Uint8Array =>
  withFilters(({ values, shape }, add) => ({
    tensor: { type: TensorType.FLOAT16, buffer: add(tensorFromNumbers(DataType.FLOAT16, shape, values).bytes), quantization: null },
    extra: {},
  }));

/** One scale for each output of a convolution, which is a filter's first axis; one for a whole matrix, as TFLite's kernel of 2023 wants it. */
const dynamicRange = (): Uint8Array =>
  withFilters(({ values, shape }, add) => {
    const outputs = shape.length === 2 ? 1 : (shape[0] ?? 1);
    const inner = values.length / outputs;
    const scale = Array.from(
      { length: outputs },
      (_, row) => Math.max(...values.subarray(row * inner, (row + 1) * inner).map(Math.abs)) / 127,
    );
    const integers = Int8Array.from(values, (value, index) => Math.round(value / (scale[Math.floor(index / inner)] ?? 1)));
    return {
      tensor: {
        type: TensorType.INT8,
        buffer: add(new Uint8Array(integers.buffer)),
        quantization: { scale, zeroPoint: scale.map(() => 0), quantizedDimension: 0 },
      },
    };
  });

async function bothOutputs(bytes: Uint8Array): Promise<{ readonly got: readonly number[]; readonly wanted: readonly number[] }> {
  const image = Float32Array.from({ length: 784 }, (_, at) => Math.max(0, Math.sin(at / 9) * Math.cos(at / 61)));
  const { model } = convertTflite(bytes);
  const [input = "", output = ""] = [model.graph.inputs[0], model.graph.outputs[0]];
  const session = await InferenceSession.create(writeModel(model), { intraOpNumThreads: 1, logSeverityLevel: 4 });
  const results = await session.run({ [input]: new Tensor("float32", image, [1, 28, 28, 1]) });
  const run = await openTflite(bytes);
  return { got: Array.from(results[output]?.data as Float32Array), wanted: Array.from(run({ [input]: image })[0]?.data ?? []) };
}

const worst = ({ got, wanted }: Awaited<ReturnType<typeof bothOutputs>>): number =>
  Math.max(...got.map((value, index) => Math.abs(value - (wanted[index] ?? NaN))));

describe("a TFLite file is told apart by what it calculates with:", () => {
  it.each([
    ["float32", "mnist_cnn", "model.tflite"],
    ["int8", "mnist_cnn", "model_int8.tflite"],
  ])("%s", (numbers, name, file) => {
    const inspection = inspectTflite(fixture(name, file));
    expect(inspection.numbers).toBe(numbers);
    expect(inspection.unsupported).toEqual([]);
    expect(inspection.inputs).toEqual([{ name: "serving_default_keras_tensor:0", type: numbers, shape: [null, 28, 28, 1] }]);
    expect(inspection.operators.get("CONV_2D")).toBe(2);
    expect(inspection.weightBytes).toBeGreaterThan(inspection.parameterCount - 1);
  });

  it("float16, whose weights are made float first: the same result as TFLite's to 1e-5", async () => {
    const bytes = halved();
    expect(inspectTflite(bytes).numbers).toBe("float16");
    expect(worst(await bothOutputs(bytes))).toBeLessThanOrEqual(1e-5);
  });

  it("dynamic range, calculated in float where TFLite rounds activations as it goes: within 2 in 100", async () => {
    const bytes = dynamicRange();
    expect(inspectTflite(bytes).numbers).toBe("dynamic-range");
    const { model } = convertTflite(bytes);
    const integers = [...model.graph.constants.values()].filter(({ dataType, dims }) => dataType === DataType.INT8 && dims.length > 1);
    expect(integers.length).toBe(3);
    expect(worst(await bothOutputs(bytes))).toBeLessThanOrEqual(0.02);
  });

  it("reservations of operators stand in the notes", () => {
    expect(inspectTflite(fixture("lstm_rows", "model.tflite")).notes).toContainEqual(
      expect.stringMatching(/^UNIDIRECTIONAL_SEQUENCE_LSTM: Starts from a state of zero/),
    );
  });
});
