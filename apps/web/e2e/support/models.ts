import { readFile } from "node:fs/promises";
import { samples } from "@flotilla/samples";
import { floatTensor, type Graph, intAttribute, intsAttribute, readModel, writeModel } from "@flotilla/onnx";
import { writeNpy } from "@flotilla/validate/npy";

const PIXELS = 784;
const LAYERS = 40;

/**
 * The sample model with ballast: forty products with a 784 × 784 matrix whose result is multiplied by 0 and added to the output. It
 * answers the same and is many times slower: what a careless new version looks like to a device.
 */
export async function slowModel(): Promise<Buffer> {
  return withBallast((graph, input) => {
    const weights = graph.addConstant(
      floatTensor(
        [PIXELS, PIXELS],
        Float32Array.from({ length: PIXELS * PIXELS }, (_, index) => ((index * 37) % 101) / 1e5),
      ),
    );
    graph.addNode({ opType: "Flatten", inputs: [input], outputs: ["ballast_0"], attributes: { axis: intAttribute(1) } });
    for (let layer = 0; layer < LAYERS; layer += 1) {
      graph.addNode({ opType: "MatMul", inputs: [`ballast_${layer}`, weights], outputs: [`product_${layer}`] });
      graph.addNode({ opType: "Sigmoid", inputs: [`product_${layer}`], outputs: [`ballast_${layer + 1}`] });
    }
    return `ballast_${LAYERS}`;
  });
}

/** The sample model with so many bytes of noise, which take part in a product but not in the answer: valid, quick to run, and new every time. */
export async function largeModel(bytes: number): Promise<Buffer> {
  const columns = Math.ceil(bytes / 4 / PIXELS);
  const noise = Float32Array.from({ length: PIXELS * columns }, () => Math.random() - 0.5);
  return withBallast((graph, input) => {
    const weights = graph.addConstant(floatTensor([PIXELS, columns], noise));
    graph.addNode({ opType: "Flatten", inputs: [input], outputs: ["pixels"], attributes: { axis: intAttribute(1) } });
    graph.addNode({ opType: "MatMul", inputs: ["pixels", weights], outputs: ["ballast"] });
    return "ballast";
  });
}

/** Adds nodes that change nothing: the largest of each row of what `add` returns the name of, times 0, is added to the output. */
async function withBallast(add: (graph: Graph, input: string) => string): Promise<Buffer> {
  const model = readModel(await readFile(samples.mnistCnn));
  const { graph } = model;
  const [input] = graph.inputs;
  const [output] = graph.outputs;
  if (input === undefined || output === undefined) throw new Error("The sample model has no input or output.");
  const outputType = graph.types.get(output);
  graph.renameValue(output, "answer");
  const ballast = add(graph, input);
  const zero = graph.addConstant(floatTensor([1], Float32Array.of(0)));
  const attributes = { axes: intsAttribute([1]), keepdims: intAttribute(1) };
  graph.addNode({ opType: "ReduceMax", inputs: [ballast], outputs: ["heaviest"], attributes });
  graph.addNode({ opType: "Mul", inputs: ["heaviest", zero], outputs: ["nothing"] });
  graph.addNode({ opType: "Add", inputs: ["answer", "nothing"], outputs: [output] });
  graph.outputs[0] = output;
  if (outputType !== undefined) graph.types.set(output, outputType);
  return Buffer.from(writeModel(model));
}

/** Black images: who calibrates on them learns ranges that no digit keeps to. */
export function blackImages(count: number): Buffer {
  return Buffer.from(writeNpy({ type: "uint8", shape: [count, 28, 28], data: new Uint8Array(count * PIXELS) }));
}
