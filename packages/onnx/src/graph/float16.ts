const floatBuffer = new Float32Array(1);
const intBuffer = new Uint32Array(floatBuffer.buffer);

/** float32 → IEEE 754 binary16 bits, rounding half to even; what is too large becomes infinity. */
export function toFloat16Bits(value: number): number {
  floatBuffer[0] = value;
  const bits = intBuffer[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const mantissa = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (mantissa === 0 ? 0 : 0x200);
  const half = exponent - 127 + 15;
  if (half >= 0x1f) return sign | 0x7c00;
  if (half > 0) return sign + roundShift((half << 23) | mantissa, 13);
  if (half < -10) return sign;
  return sign + roundShift(mantissa | 0x800000, 14 - half);
}

/** A carry out of the mantissa runs into the exponent, which is exactly the next binary16. */
function roundShift(value: number, shift: number): number {
  const kept = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}

export function fromFloat16Bits(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >>> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** bfloat16 is the upper half of a float32. */
export function fromBfloat16Bits(bits: number): number {
  intBuffer[0] = bits << 16;
  return floatBuffer[0] ?? 0;
}

export function toBfloat16Bits(value: number): number {
  floatBuffer[0] = value;
  const bits = intBuffer[0] ?? 0;
  if (Number.isNaN(value)) return 0x7fc0;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}
