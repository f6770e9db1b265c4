import { DataType } from "@flotilla/onnx";
import type { Constant } from "./constant-store.ts";
import { type Emitter, sameQuant } from "./emitter.ts";
import { identity, isIdentity, type Perm, physicalShape, sameOrder, samePerm, widenPerm } from "./layout.ts";
import type { Quant } from "./target-model.ts";

/** How an operand is read: in float, or as integers of a quantisation, or as it is held. */
export type ReadMode = "float" | "held" | Quant;

/** The layout in which most of the operands lie; of two equally frequent ones the one that is not ONNX's own, because convolutions stand around it. */
export function commonPerm(emitter: Emitter, values: readonly string[], rank: number): Perm {
  const perms = values.flatMap((value) => {
    const perm = emitter.permOf(value);
    return perm === null ? [] : [{ perm, weight: perm.length === rank ? 2 : 1 }];
  });
  const full = perms.filter(({ weight }) => weight === 2);
  let best: Perm = identity(rank);
  let count = 0;
  for (const { perm } of full.length > 0 ? full : perms) {
    const wide = widenPerm(perm, rank);
    const votes = perms.filter((other) => samePerm(widenPerm(other.perm, rank), wide)).length + (isIdentity(wide) ? 0 : 0.5);
    if (votes > count) [best, count] = [wide, votes];
  }
  return best;
}

/** The tensor of an operand for a result of rank `perm.length` in that layout. TFLite aligns shapes at their last axes, as ONNX does. */
export function readBroadcast(emitter: Emitter, value: string, perm: Perm, mode: ReadMode): number {
  const shape = emitter.shapeOf(value);
  const rank = perm.length;
  const constant = emitter.constants.find(value);
  if (constant !== null) return readConstant(emitter, value, constant, perm, mode);
  const natural = shape.length === rank ? perm : emitter.held(value).perm;
  const read = (layout: Perm): number =>
    mode === "float"
      ? emitter.readFloat(value, layout)
      : mode === "held"
        ? emitter.read(value, layout)
        : emitter.readAs(value, mode, layout);
  if (shape.length === rank || samePerm(widenPerm(natural, rank), perm)) return read(natural);
  const wide = [...identity(rank - shape.length).map(() => 1), ...shape];
  const target = physicalShape(wide, perm);
  const tensor = read(identity(shape.length));
  if (sameOrder(wide, identity(rank), perm)) return emitter.reshape(tensor, target);
  return emitter.transpose(emitter.reshape(tensor, wide), perm, `${value}_transposed`);
}

function readConstant(emitter: Emitter, value: string, constant: Constant, perm: Perm, mode: ReadMode): number {
  const { constants } = emitter;
  const source = takesAsIs(constant, mode) ? constant : constants.inFloat(constant);
  const dims = [...identity(perm.length - source.tensor.dims.length).map(() => 1), ...source.tensor.dims];
  const placed = constants.place({ ...source, tensor: { ...source.tensor, dims } }, perm);
  const short = { ...placed, dims: placed.dims.slice(leadingOnes(placed.dims)) };
  if (source.quant !== null) return emitter.integerConstant(short, source.quant, value, identity(1));
  if (typeof mode === "string") return emitter.constant(short, value);
  return emitter.integerConstant(constants.quantise({ tensor: short, quant: null }, mode).tensor, mode, value, identity(1));
}

/** Whether a quantised constant already has the scale that its reader wants. */
function takesAsIs({ tensor, quant }: Constant, mode: ReadMode): boolean {
  if (quant === null || quant.scales.length > 1 || tensor.dataType !== DataType.INT8) return false;
  return mode === "held" || (mode !== "float" && sameQuant(quant, mode));
}

function leadingOnes(dims: readonly number[]): number {
  const first = dims.findIndex((dim) => dim !== 1);
  return first === -1 ? dims.length : first;
}

/**
 * Merges neighbouring axes that all operands have, or that the same ones lack: kernels broadcast four axes, of some operators more. Shapes are in memory
 * order; the returned ones have equal rank. Null where nothing is to be merged.
 */
export function collapseShapes(shapes: readonly (readonly number[])[]): number[][] | null {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const wide = shapes.map((shape) => [...identity(rank - shape.length).map(() => 1), ...shape]);
  if (rank <= 4 || wide.every((shape) => shape.join() === wide[0]?.join())) return null;
  const merged: number[][] = wide.map(() => []);
  let before = "";
  for (let axis = 0; axis < rank; axis += 1) {
    const full = Math.max(...wide.map((shape) => shape[axis] ?? 1));
    if (full === 1) continue;
    const pattern = wide.map((shape) => (shape[axis] === full ? "1" : "0")).join("");
    for (const [index, shape] of merged.entries()) {
      const size = wide[index]?.[axis] ?? 1;
      if (pattern === before) shape.push((shape.pop() ?? 1) * size);
      else shape.push(size);
    }
    before = pattern;
  }
  return merged;
}
