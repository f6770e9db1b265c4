import type { Inspection, SourceFormat } from "@flotilla/contracts";

/** Lines of Python that save a model's inputs x and outputs y under the names that a reference needs. */
export function sampleRecipe({ inputs, outputs }: Pick<Inspection, "inputs" | "outputs">, format: SourceFormat): string {
  const entries = (variable: string, tensors: readonly { name: string }[]) =>
    tensors.map(({ name }, index) => `    ${JSON.stringify(name)}: ${tensors.length === 1 ? variable : `${variable}[${index}]`},`);
  return [
    "import numpy as np",
    ...(format === "tflite" ? [] : ["y = model.predict(x)"]),
    'np.savez("reference.npz", **{',
    ...entries("x", inputs),
    ...entries("y", outputs),
    "})",
  ].join("\n");
}
