import type { Model } from "../tflite-schema/gen/tflite.ts";
import { type OperatorFacts, readOperators, type TensorFacts } from "./operator-facts.ts";
import { type CpuReason, ownReason } from "./operator-rules.ts";
import { adviceFor, type EdgeTpuAdvice } from "./advise.ts";

export interface MappedOperator {
  readonly index: number;
  readonly kind: string;
  readonly label: string;
  readonly target: "tpu" | "cpu";
  /** Null on the TPU. */
  readonly reason: CpuReason | null;
  /** What would move it; null where nothing would, or where what stands in front of it has to move first. */
  readonly advice: EdgeTpuAdvice | null;
}

export interface EdgeTpuReport {
  readonly operators: readonly MappedOperator[];
  readonly onTpu: number;
  readonly onCpu: number;
  /** The first operator behind the partition's begin that runs on the CPU; null where the partition reaches the end. */
  readonly end: MappedOperator | null;
  /** Bytes of constants that the TPU's operators read. What does not fit beside the program in the TPU's 8 MB is fetched from the host in every run. */
  readonly parameterBytes: number;
  readonly fitsOnChip: boolean;
  /** Compiling is Google's program, for x86-64 Debian; it writes <name>_edgetpu.tflite. */
  readonly command: string;
}

/** 8 MB of SRAM, of which the program takes a part (https://coral.ai/docs/edgetpu/compiler/#parameter-data-caching). */
const ON_CHIP_BYTES = 8 * 1024 * 1024;

/**
 * Which operators of a TFLite file the Edge TPU compiler will put on the TPU, by its documented rules. It makes one partition, from the inputs on: an operator that it
 * cannot map, and everything that needs its result, runs on the CPU. A QUANTIZE of float inputs stays on the CPU without ending the partition.
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
    };
    if (reason?.code !== "FLOAT_INPUT") for (const output of operator.outputs) writers.set(output.index, result);
    return result;
  });
  const onTpu = mapped.filter(({ target }) => target === "tpu");
  const constants = new Map<number, TensorFacts>();
  for (const { index } of onTpu)
    for (const input of operators[index]?.inputs ?? []) if (input !== null && input.content !== null) constants.set(input.index, input);
  const parameterBytes = [...constants.values()].reduce((total, { content }) => total + (content?.byteLength ?? 0), 0);
  return {
    operators: mapped,
    onTpu: onTpu.length,
    onCpu: mapped.length - onTpu.length,
    end: mapped.find(({ reason }) => reason !== null && reason.code !== "FLOAT_INPUT") ?? null,
    parameterBytes,
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

/** For a POSIX shell. */
function quoted(name: string): string {
  return /^[\w./-]+$/u.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`;
}
