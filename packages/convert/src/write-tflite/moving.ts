import type { Emitter } from "./emitter.ts";
import type { Perm } from "./layout.ts";
import type { Quant } from "./target-model.ts";

/** What a node reads that only moves elements: they keep their type, and their quantisation where they have one. */
export interface Moved {
  readonly tensor: number;
  readonly perm: Perm;
  readonly quant: Quant | null;
}

/** The data of a node that only moves elements, in the layout in which they are held or in `perm`. Constants come in ONNX's order. */
export function readMoved(emitter: Emitter, value: string, perm?: Perm): Moved {
  const layout = perm ?? emitter.permOf(value) ?? emitter.shapeOf(value).map((_, axis) => axis);
  const quant = emitter.quantOf(value);
  if (quant !== null && quant.scales.length > 1) return { tensor: emitter.readFloat(value, layout), perm: layout, quant: null };
  return { tensor: emitter.read(value, layout), perm: layout, quant };
}
