import { stat, writeFile } from "node:fs/promises";
import { DataType, floatTensor, writeModel } from "@flotilla/onnx";
import { emptyModel } from "../../empty-model.ts";

/** Four matrix products of 5,600 × 5,600 weights: 502 MB in float32. Returns the bytes written. */
export async function run({ outputFile }: { outputFile: string }): Promise<number> {
  const [layers, width] = [4, 5600];
  const model = emptyModel();
  const { graph } = model;
  graph.inputs.push("x0");
  for (let layer = 0; layer < layers; layer += 1) {
    // Any weights do; equal ones would let identical layers be merged.
    const weights = Float32Array.from({ length: width * width }, (_, at) => Math.sin(at + layer) / width);
    graph.constants.set(`w${layer}`, floatTensor([width, width], weights));
    graph.addNode({ opType: "MatMul", inputs: [`x${layer}`, `w${layer}`], outputs: [`x${layer + 1}`] });
  }
  graph.outputs.push(`x${layers}`);
  for (const value of ["x0", `x${layers}`]) graph.types.set(value, { elemType: DataType.FLOAT, shape: ["n", width] });
  await writeFile(outputFile, writeModel(model));
  return (await stat(outputFile)).size;
}
