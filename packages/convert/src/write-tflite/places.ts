import type { Emitter } from "./emitter.ts";
import { channelsLast } from "./layout.ts";
import type { Quant } from "./target-model.ts";

/**
 * A value of [N, C, L] or [N, C, H, W] as the four axes [N, H, W, C] that windowed kernels take: one-dimensional values get a height of 1.
 * Attributes per place get the same 1 in front by `toPlane`.
 */
export function readPlane(emitter: Emitter, value: string, mode: "float" | "held" | Quant): number {
  const shape = emitter.shapeOf(value);
  const perm = channelsLast(shape.length);
  const tensor =
    mode === "float" ? emitter.readFloat(value, perm) : mode === "held" ? emitter.read(value, perm) : emitter.readAs(value, mode, perm);
  if (shape.length !== 3) return tensor;
  const [batch = 1, channels = 1, length = 1] = shape;
  return emitter.reshape(tensor, [batch, 1, length, channels]);
}

/** Runs `write` with the tensor of four axes that becomes `value`, and gives it its three axes back behind it. */
export function writePlane(emitter: Emitter, value: string, quant: Quant | null, write: (target: number) => void): void {
  const shape = emitter.shapeOf(value);
  const target = emitter.define(value, channelsLast(shape.length), quant);
  if (shape.length !== 3) {
    write(target);
    return;
  }
  const [batch = 1, channels = 1, length = 1] = shape;
  const plane = emitter.temporary("plane", [batch, 1, length, channels], target);
  write(plane);
  emitter.reshape(plane, [batch, length, channels], target);
}

/** Sizes, strides or other numbers per place, with the height that a one-dimensional value gets. */
export function toPlane(perPlace: readonly number[], added = 1): readonly number[] {
  return perPlace.length === 1 ? [added, ...perPlace] : perPlace;
}
