import type { Draft } from "../flatbuffer/layout.ts";
import { BuiltinOperator, type Model, type Tensor } from "../tflite-schema/gen/tflite.ts";
import { writeModelFile } from "../tflite-schema/model-file.ts";
import { operatorVersion } from "./operator-versions.ts";
import type { Builtin, TargetModel, TargetTensor } from "./target-model.ts";

/** From 127 on the old field, which has 8 bits, holds this and the new one the operator. */
const PLACEHOLDER = 127;

export interface FileTexts {
  readonly description: string;
  /** Metadata entries by name: TFLITE_METADATA, min_runtime_version. */
  readonly metadata: Readonly<Record<string, Uint8Array>>;
  /** What callers call inputs and outputs. */
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}

/** The bytes of a TFLite file, schema version 3, with one signature `serving_default`. Buffer 0 is empty, as the schema asks; equal constants are stored once. */
export function encodeTarget(model: TargetModel, texts: FileTexts): Uint8Array {
  const codes: { readonly builtin: Builtin; readonly version: number }[] = [];
  const codeOf = (builtin: Builtin, version: number): number => {
    const known = codes.findIndex((code) => code.builtin === builtin && code.version === version);
    return known === -1 ? codes.push({ builtin, version }) - 1 : known;
  };
  const buffers: Uint8Array[] = [new Uint8Array()];
  const stored = new Map<Uint8Array, number>();
  const store = (content: Uint8Array): number => {
    const known = stored.get(content) ?? buffers.push(content) - 1;
    stored.set(content, known);
    return known;
  };
  const operators = model.operators.map((operator) => ({
    opcodeIndex: codeOf(operator.builtin, operatorVersion(operator, model.tensors)),
    inputs: operator.inputs,
    outputs: operator.outputs,
    ...(operator.options === null ? {} : { builtinOptions: operator.options }),
  }));
  const tensors = model.tensors.map((tensor) => encodeTensor(tensor, tensor.content === null ? 0 : store(tensor.content)));
  const metadata = Object.entries(texts.metadata).map(([name, content]) => ({ name, buffer: store(content) }));
  const draft: Draft<Model> = {
    version: 3,
    description: texts.description,
    operatorCodes: codes.map(({ builtin, version }) => ({
      deprecatedBuiltinCode: Math.min(BuiltinOperator[builtin] ?? 0, PLACEHOLDER),
      builtinCode: BuiltinOperator[builtin] ?? 0,
      version,
    })),
    subgraphs: [{ name: "main", tensors, operators, inputs: model.inputs, outputs: model.outputs }],
    buffers: buffers.map((data, index) => (index === 0 ? {} : { data })),
    metadata,
    signatureDefs: [
      {
        signatureKey: "serving_default",
        inputs: model.inputs.map((tensorIndex, index) => ({ name: texts.inputNames[index] ?? "", tensorIndex })),
        outputs: model.outputs.map((tensorIndex, index) => ({ name: texts.outputNames[index] ?? "", tensorIndex })),
      },
    ],
  };
  return writeModelFile(draft);
}

function encodeTensor({ name, shape, type, quant, isVariable }: TargetTensor, buffer: number): Draft<Tensor> {
  return {
    name,
    shape,
    type,
    buffer,
    hasRank: true,
    isVariable: isVariable ?? false,
    ...(quant === null ? {} : { quantization: { scale: quant.scales, zeroPoint: quant.zeroPoints, quantizedDimension: quant.axis } }),
  };
}
