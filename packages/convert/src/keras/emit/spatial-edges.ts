import type { LayerCall } from "../layers/layer-call.ts";
import { spatialRank } from "./window.ts";

/** Sizes at the edges of each spatial axis, before and behind: one number for all sides, one per axis, or a pair per axis. */
export function edgesOf(call: LayerCall, name: string): (readonly [number, number])[] {
  const rank = spatialRank(call.layer.className);
  const value = call.config.raw(name) ?? 1;
  const list: unknown[] = Array.isArray(value) ? value : Array.from({ length: rank }, () => value);
  const flat = rank === 1 && list.length === 2 ? [list] : list;
  const pairs = flat.map((item) => (Array.isArray(item) ? item.map(Number) : [Number(item), Number(item)]));
  const right =
    pairs.length === rank && pairs.every((pair) => pair.length === 2 && pair.every((size) => Number.isSafeInteger(size) && size >= 0));
  if (!right) call.fail(`has ${name} = ${JSON.stringify(value)?.slice(0, 60)}`);
  return pairs.map(([before = 0, after = 0]) => [before, after]);
}
