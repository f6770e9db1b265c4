import type { LayerCall } from "./layer-call.ts";

interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly stop: number;
  readonly step: number;
}

const FAR = Number.MAX_SAFE_INTEGER;

/**
 * `x[key]` as NumPy means it: whole numbers take one place, slices a range, None puts an axis in, ... fills up.
 * Slices are `{start, stop, step}`, in Keras 3 inside a `__slice__`; "Ellipsis" is a text in Keras 2 and an `__ellipsis__` in Keras 3.
 */
export function getItem(call: LayerCall, key: unknown): string {
  const { b } = call;
  const x = call.rawInput();
  const parts: unknown[] = Array.isArray(key) ? key : [key];
  const axesUsed = parts.filter((part) => part !== null && !isEllipsis(part)).length;
  const rank = b.rank(x);
  if (axesUsed > rank) call.fail(`takes ${axesUsed} axes of an input of ${rank}`);
  const cuts: Cut[] = [];
  const dropped: number[] = [];
  const added: number[] = [];
  let axis = 0;
  let place = 0;
  for (const part of parts) {
    if (part === null) added.push(place++);
    else if (isEllipsis(part)) {
      axis += rank - axesUsed;
      place += rank - axesUsed;
    } else if (typeof part === "number") {
      cuts.push({ axis, start: part, stop: part === -1 ? FAR : part + 1, step: 1 });
      dropped.push(axis++);
    } else {
      const cut = readSlice(call, part, axis);
      if (cut !== null) cuts.push(cut);
      axis += 1;
      place += 1;
    }
  }
  const column = (name: keyof Cut): string => b.ints(cuts.map((cut) => cut[name]));
  const sliced = cuts.length === 0 ? x : b.op("Slice", [x, column("start"), column("stop"), column("axis"), column("step")]);
  const squeezed = dropped.length === 0 ? sliced : b.op("Squeeze", [sliced, b.ints(dropped)]);
  return added.length === 0 ? squeezed : b.op("Unsqueeze", [squeezed, b.ints(added)]);
}

function isEllipsis(part: unknown): boolean {
  return part === "Ellipsis" || (isRecord(part) && part["class_name"] === "__ellipsis__");
}

function readSlice(call: LayerCall, part: unknown, axis: number): Cut | null {
  const slice = isRecord(part) && isRecord(part["config"]) ? part["config"] : part;
  if (!isRecord(slice)) return call.fail("has an index that is neither a number nor a slice");
  const bound = (name: string): number | null => {
    const value = slice[name] ?? null;
    return value === null || (typeof value === "number" && Number.isInteger(value))
      ? value
      : call.fail("has a bound that is no whole number");
  };
  const step = bound("step") ?? 1;
  const [start, stop] = [bound("start"), bound("stop")];
  if (start === null && stop === null && step === 1) return null;
  return { axis, start: start ?? (step > 0 ? 0 : -1), stop: stop ?? (step > 0 ? FAR : -FAR), step };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
