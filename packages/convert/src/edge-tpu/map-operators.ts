import type { CpuReason, EdgeTpuReport, MappedOperator } from "@flotilla/contracts/targets";
import type { Model } from "../tflite-schema/gen/tflite.ts";
import { adviceFor } from "./advise.ts";
import { type OperatorFacts, readOperators, type TensorFacts } from "./operator-facts.ts";
import { dependsOnSize, ownReason, parametersOf } from "./operator-rules.ts";

/** 8 MB of SRAM, of which the program takes a part (https://coral.ai/docs/edgetpu/compiler/#parameter-data-caching). */
const ON_CHIP_BYTES = 8 * 1024 * 1024;

/**
 * Which operators of a TFLite file the Edge TPU compiler will put on the TPU, by its documented rules. It makes one partition, from the inputs on: an operator that it
 * cannot map, and everything that needs its result, runs on the CPU; its log calls the latter "More than one subgraph is not supported". Branches that need none of it
 * stay. A QUANTIZE of float inputs stays on the CPU without ending the partition, as its logs of models with float inputs show.
 * @throws FlotillaError INVALID_GRAPH
 */
export function mapToEdgeTpu(model: Model, fileName = "model.tflite"): EdgeTpuReport {
  const operators = readOperators(model);
  const inputs = new Set(model.subgraphs[0]?.inputs ?? []);
  const writers = new Map<number, MappedOperator>();
  const mapped = operators.map((operator) => {
    const reason = reasonFor(operator, inputs, writers);
    const { index, kind, label } = operator;
    const result: MappedOperator = {
      index,
      kind,
      label,
      target: reason === null ? "tpu" : "cpu",
      reason,
      advice: reason === null ? null : adviceFor(operator, reason),
      dependsOnSize: reason === null && dependsOnSize(operator),
    };
    if (reason?.code !== "FLOAT_INPUT") for (const output of operator.outputs) writers.set(output.index, result);
    return result;
  });
  const onTpu = mapped.filter(({ target }) => target === "tpu");
  const constants = new Map<number, TensorFacts>();
  for (const operator of operators)
    if (mapped[operator.index]?.target === "tpu") for (const constant of parametersOf(operator)) constants.set(constant.index, constant);
  const parameterBytes = [...constants.values()].reduce((total, { content }) => total + (content?.byteLength ?? 0), 0);
  return {
    operators: mapped,
    onTpu: onTpu.length,
    onCpu: mapped.length - onTpu.length,
    end: mapped.find(({ reason }) => reason !== null && reason.code !== "FLOAT_INPUT") ?? null,
    parameterBytes,
    onChipBytes: ON_CHIP_BYTES,
    fitsOnChip: parameterBytes <= ON_CHIP_BYTES,
    command: `edgetpu_compiler --show_operations ${quoted(fileName)}`,
  };
}

function reasonFor(operator: OperatorFacts, inputs: ReadonlySet<number>, writers: ReadonlyMap<number, MappedOperator>): CpuReason | null {
  const [first] = operator.inputs;
  if (operator.kind === "QUANTIZE" && first !== null && first !== undefined && first.type === "FLOAT32" && inputs.has(first.index))
    return { code: "FLOAT_INPUT" };
  const own = ownReason(operator);
  if (own !== null) return own;
  for (const input of operator.inputs) {
    const writer = input === null ? undefined : writers.get(input.index);
    if (writer !== undefined && writer.target === "cpu")
      return { code: "BEHIND_CPU", after: `${writer.kind} ${JSON.stringify(writer.label)}` };
  }
  return null;
}

/** For a POSIX shell, and no option. */
function quoted(fileName: string): string {
  const name = fileName.startsWith("-") ? `./${fileName}` : fileName;
  return /^[\w./-]+$/u.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
}
