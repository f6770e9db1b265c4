import { writeFile } from "node:fs/promises";
import { elementCount, writeNpy } from "@flotilla/validate/npy";
import type { Tensor } from "onnxruntime-node";
import { toFloats } from "./run-samples.ts";

/** Gathers the outputs of many batch-1 runs into one array an output, first axis = run. */
export class OutputCollector {
  private readonly values = new Map<string, { shape: number[]; data: Float32Array }>();
  private readonly sampleCount: number;

  constructor(sampleCount: number) {
    this.sampleCount = sampleCount;
  }

  /** Outputs whose size differs from the first sample's, or which are no numbers, are left out. */
  add(sample: number, outputs: Record<string, Tensor>): void {
    for (const [name, tensor] of Object.entries(outputs)) {
      const floats = toFloats(tensor);
      if (floats === null) continue;
      const held = this.values.get(name) ?? this.begin(name, tensor);
      if (floats.length === elementCount(held.shape)) held.data.set(floats, sample * floats.length);
    }
  }

  /** Writes `<prefix>-<i>.npy` in the working directory, in the order of `names`. */
  async write(prefix: string, names: readonly string[]): Promise<{ name: string; file: string }[]> {
    const written: { name: string; file: string }[] = [];
    for (const name of names) {
      const held = this.values.get(name);
      if (held === undefined) continue;
      const file = `${prefix}-${written.length}.npy`;
      await writeFile(file, writeNpy({ type: "float32", shape: [this.sampleCount, ...held.shape], data: held.data }));
      written.push({ name, file });
    }
    return written;
  }

  private begin(name: string, tensor: Tensor): { shape: number[]; data: Float32Array } {
    // A batch-1 output has a leading 1 that the samples replace; a scalar has nothing to replace.
    const shape = tensor.dims[0] === 1 ? tensor.dims.slice(1) : [...tensor.dims];
    const held = { shape, data: new Float32Array(this.sampleCount * elementCount(shape)) };
    this.values.set(name, held);
    return held;
  }
}
