import { type Attribute, type Dim, type OnnxModel, simplify } from "@flotilla/onnx";

/** From [batch, channels, height, width] to channels last, and back. */
const TO_LAST = [0n, 2n, 3n, 1n];
const TO_FIRST = [0n, 3n, 1n, 2n];

/**
 * Lets a model of pictures take and give them with the channels first: inputs and outputs of four axes get a transposition, and the clean-up takes most
 * of them away again. Names stay.
 */
export function putChannelsFirst(model: OnnxModel): void {
  const { graph } = model;
  for (const name of graph.inputs) {
    const type = graph.types.get(name);
    if (type?.shape?.length !== 4 || graph.isOutput(name)) continue;
    const inner = graph.freshName(name);
    graph.replaceUses(name, inner);
    graph.addNode({ opType: "Transpose", inputs: [name], outputs: [inner], attributes: permutation(TO_LAST) });
    graph.types.set(inner, type);
    graph.types.set(name, { ...type, shape: channelsFirst(type.shape) });
  }
  for (const [index, name] of graph.outputs.entries()) {
    const type = graph.types.get(name);
    if (type?.shape?.length !== 4 || graph.producerOf(name) === null) continue;
    graph.renameValue(name, graph.freshName(name));
    const inner = graph.outputs[index] ?? name;
    graph.addNode({ opType: "Transpose", inputs: [inner], outputs: [name], attributes: permutation(TO_FIRST) });
    graph.outputs[index] = name;
    graph.types.set(name, { ...type, shape: channelsFirst(type.shape) });
  }
  graph.sortTopologically();
  simplify(model);
}

function permutation(value: readonly bigint[]): Readonly<Record<string, Attribute>> {
  return { perm: { kind: "ints", value } };
}

function channelsFirst([batch = null, height = null, width = null, channels = null]: readonly Dim[]): Dim[] {
  return [batch, channels, height, width];
}
