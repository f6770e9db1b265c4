import type { OnnxModel } from "../graph/model.ts";
import type { NodeInit } from "../graph/node.ts";
import { buildModel, noiseTensor } from "./build-model.ts";

/** Adds a node and gives the name of its output. */
type Add = (op: string, inputs: readonly string[]) => string;

function net(
  build: (add: Add) => string,
  inputs: Readonly<Record<string, readonly (number | string)[]>> = { x: ["n", 8, 32, 32] },
): OnnxModel {
  const nodes: NodeInit[] = [];
  const add: Add = (opType, from) => {
    const output = `v${nodes.length}`;
    nodes.push({ opType, name: `${opType}_${nodes.length}`, inputs: from, outputs: [output] });
    return output;
  };
  nodes.push({ opType: "Identity", name: "end", inputs: [build(add)], outputs: ["y"] });
  return buildModel({ nodes, inputs, constants: { w: noiseTensor([8, 8, 3, 3]) } });
}

const convNormRelu = (add: Add, x: string): string => add("Relu", [add("BatchNormalization", [add("Conv", [x, "w"]), "w", "w", "w", "w"])]);

/** Conv → BatchNormalization → Relu, one behind another. */
export function plainNet(blocks: number): OnnxModel {
  return net((add) => Array.from({ length: blocks }).reduce<string>((x) => convNormRelu(add, x), "x"));
}

/** Stages of residual blocks; the first of each stage has a convolution in its shortcut. */
export function residualNet(stages: readonly number[]): OnnxModel {
  return net((add) => {
    let x = add("MaxPool", [convNormRelu(add, "x")]);
    for (const blocks of stages) {
      for (let block = 0; block < blocks; block += 1) {
        const shortcut = block === 0 ? add("Conv", [x, "w"]) : x;
        const main = add("Conv", [convNormRelu(add, convNormRelu(add, x)), "w"]);
        x = add("Relu", [add("Add", [main, shortcut])]);
      }
    }
    return add("GlobalAveragePool", [x]);
  });
}

/** An encoder whose every level is read again by the decoder's. */
export function uNet(levels: number): OnnxModel {
  return net((add) => {
    let x = "x";
    const skips: string[] = [];
    for (let level = 0; level < levels; level += 1) {
      x = convNormRelu(add, convNormRelu(add, x));
      skips.push(x);
      x = add("MaxPool", [x]);
    }
    for (const skip of skips.toReversed()) x = convNormRelu(add, add("Concat", [add("ConvTranspose", [x, "w"]), skip]));
    return x;
  });
}

/** Layers of attention that all read one mask, which is computed once. */
export function attentionNet(layers: number): OnnxModel {
  return net(
    (add) => {
      const mask = add("Cast", ["mask"]);
      let x = "x";
      for (let layer = 0; layer < layers; layer += 1) {
        const project = (): string => add("Transpose", [add("Add", [add("MatMul", [x, "w"]), "w"])]);
        const [query, key, value] = [project(), project(), project()];
        const scores = add("Softmax", [add("Add", [add("Div", [add("MatMul", [query, key]), "w"]), mask])]);
        const attended = add("Add", [add("MatMul", [add("MatMul", [scores, value]), "w"]), x]);
        x = add("LayerNormalization", [add("Add", [add("Erf", [add("MatMul", [attended, "w"])]), attended]), "w"]);
      }
      return x;
    },
    { x: ["n", 16, 8], mask: ["n", 16] },
  );
}
