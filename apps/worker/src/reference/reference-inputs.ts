import { ELEMENT_ARRAYS } from "../runtime/element-arrays.ts";
import type { TypedArray } from "./value.ts";

export interface InputSlot {
  readonly name: string;
  /** Element type as onnxruntime names it. */
  readonly type: string;
  /** Fixed sizes. */
  readonly shape: readonly number[];
}

type Range = readonly [number, number];

/** Pixels as most models want them, and values around 0. */
const NARROW: readonly Range[] = [
  [0, 1],
  [-1, 1],
];
/** Pixels as files hold them, for models that scale them themselves: others would only saturate. */
const WIDE: readonly Range[] = [
  [0, 255],
  [0, 255],
];

/** Quantised values use the whole of their type. */
const WHOLE: Readonly<Record<string, Range>> = { int8: [-128, 127], uint8: [0, 255], int16: [-32768, 32767], bool: [0, 1] };

/**
 * Seeded noise for a model's inputs, one list of arrays a sample; null where an input is of a type that noise cannot be made of. Wide integers are
 * indices, of words perhaps, whose number is not known: they stay below `maxIndex`.
 */
export function referenceInputs(
  slots: readonly InputSlot[],
  { maxIndex, wide }: { maxIndex: number; wide: boolean },
): TypedArray[][] | null {
  if (slots.some(({ type }) => ELEMENT_ARRAYS[type] === undefined)) return null;
  const random = seeded(20_261_128);
  return (wide ? WIDE : NARROW).map((floats) =>
    slots.map(({ type, shape }) => {
      const length = shape.reduce((product, size) => product * size, 1);
      const values = ELEMENT_ARRAYS[type]?.(length) ?? new Float32Array(length);
      const isFloat = type.startsWith("float");
      const [low, high] = isFloat ? floats : (WHOLE[type] ?? [0, maxIndex - 1]);
      for (let index = 0; index < length; index += 1) {
        const value = isFloat ? low + random() * (high - low) : low + Math.floor(random() * (high - low + 1));
        values[index] = values instanceof BigInt64Array || values instanceof BigUint64Array ? BigInt(value) : value;
      }
      return values;
    }),
  );
}

/** Numbers from 0 up to 1, the same ones each time: mulberry32, by Tommy Ettinger. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
