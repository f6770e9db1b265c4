import type { TargetModel, TargetOperator } from "./target-model.ts";

/**
 * Removes what writing operator by operator leaves: a RESHAPE of a RESHAPE reads the first one's input, one that changes nothing is skipped, and operators and tensors
 * that nothing reads go.
 */
export function tidyTarget(model: TargetModel): TargetModel {
  const producers = new Map<number, TargetOperator>();
  const replaced = new Map<number, number>();
  const operators: TargetOperator[] = [];
  for (const operator of model.operators) {
    const inputs = operator.inputs.map((input) => replaced.get(input) ?? input);
    const merged = {
      ...operator,
      inputs: operator.builtin === "RESHAPE" ? [beforeReshapes(inputs[0] ?? -1, producers), ...inputs.slice(1)] : inputs,
    };
    const [source = -1] = merged.inputs;
    const [target = -1] = merged.outputs;
    if (merged.builtin === "RESHAPE" && !model.outputs.includes(target) && isSameTensor(model, source, target)) {
      replaced.set(target, source);
      continue;
    }
    for (const output of merged.outputs) producers.set(output, merged);
    operators.push(merged);
  }
  return dropUnused({ ...model, operators });
}

function beforeReshapes(tensor: number, producers: ReadonlyMap<number, TargetOperator>): number {
  const producer = producers.get(tensor);
  return producer?.builtin === "RESHAPE" ? (producer.inputs[0] ?? tensor) : tensor;
}

/** Equal in shape and in what the integers mean, so that one can stand for the other. */
function isSameTensor({ tensors }: TargetModel, left: number, right: number): boolean {
  const [a, b] = [tensors[left], tensors[right]];
  return (
    a !== undefined &&
    b !== undefined &&
    a.type === b.type &&
    a.shape.join() === b.shape.join() &&
    (a.quant?.scales.join() ?? "") === (b.quant?.scales.join() ?? "") &&
    (a.quant?.zeroPoints.join() ?? "") === (b.quant?.zeroPoints.join() ?? "")
  );
}

function dropUnused(model: TargetModel): TargetModel {
  const read = new Set(model.outputs);
  const kept: TargetOperator[] = [];
  for (const operator of [...model.operators].reverse()) {
    if (!operator.outputs.some((output) => read.has(output))) continue;
    for (const input of operator.inputs) read.add(input);
    kept.unshift(operator);
  }
  const written = kept.flatMap(({ outputs }) => outputs);
  const used = new Set([...model.inputs, ...model.outputs, ...written, ...kept.flatMap(({ inputs }) => inputs)]);
  const places = new Map<number, number>();
  const tensors = model.tensors.filter((_, index) => {
    if (used.has(index)) places.set(index, places.size);
    return used.has(index);
  });
  const place = (index: number): number => places.get(index) ?? -1;
  return {
    tensors,
    operators: kept.map((operator) => ({ ...operator, inputs: operator.inputs.map(place), outputs: operator.outputs.map(place) })),
    inputs: model.inputs.map(place),
    outputs: model.outputs.map(place),
  };
}
