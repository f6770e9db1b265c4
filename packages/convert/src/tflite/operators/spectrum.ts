import { TensorType } from "../../tflite-schema/gen/tflite.ts";
import type { Emitter } from "../emitter.ts";
import { refusal } from "../../reasons.ts";
import type { OperatorView } from "../operator-view.ts";
import type { OperatorRule, Rules } from "../rule.ts";

/** Matrices of more entries than this would be larger than what they replace is worth: a transform of 2,048 places. */
const MAX_ENTRIES = 2 ** 21 + 2 ** 12;
const carries = [TensorType.COMPLEX64];

function lengths(view: OperatorView): readonly [number, number] | null {
  const given = view.integers(1);
  return given === null || given.length !== 2 ? null : [given[0] ?? 0, given[1] ?? 0];
}

/** cos or sin of 2π · place · bin / length, [places, bins]. */
function waves(e: Emitter, length: number, bins: number, wave: (angle: number) => number): string {
  // The product is reduced first: cos of a large angle has no digits left.
  const values = Array.from({ length: length * bins }, (_, index) =>
    wave((2 * Math.PI * ((Math.floor(index / bins) * (index % bins)) % length)) / length),
  );
  return e.b.floats(values, [length, bins]);
}

/** The last two axes cut or filled with zeros to the lengths of the transform. */
function fitted(e: Emitter, value: string, wanted: readonly number[]): string {
  const rank = e.rank(value);
  const have = e.need(0).shape.slice(-2);
  let result = value;
  for (const [index, size] of wanted.entries()) {
    const [axis, given] = [rank - 2 + index, have[index] ?? size];
    if (given > size) result = e.b.op("Slice", [result, e.b.ints([0]), e.b.ints([size]), e.b.ints([axis])]);
    else if (given < size) {
      const pads = Array.from({ length: 2 * rank }, (_, place) => (place === rank + axis ? size - given : 0));
      result = e.b.op("Pad", [result, e.b.ints(pads), e.b.floats(0)]);
    }
  }
  return result;
}

/**
 * RFFT2D: real [..., height, width] to the complex half spectrum [..., height, width / 2 + 1], as products with matrices of waves: along the width, then, where
 * there is a height, along that. A complex value is two of ONNX's, its real and its imaginary part.
 * Source: TFLite's kernels/rfft2d.cc; https://www.fftw.org/fftw3_doc/The-1d-Real_002ddata-DFT.html
 */
const rfft2d: OperatorRule = {
  limits: "Lengths are constant, and at most 2,048 places wide.",
  carries,
  refuse: (view) => {
    const given = lengths(view);
    if (given === null) return refusal("COMPUTED_SIZES");
    const [height, width] = given;
    const sides = view.need(0).signature.slice(-2);
    if (sides.some((size) => size < 0)) return refusal("OPEN_SIZES");
    const entries = Math.max(width * (Math.floor(width / 2) + 1), height * height);
    return height < 1 || width < 1 || entries > MAX_ENTRIES ? refusal("TRANSFORM_LENGTHS", { height, width }) : null;
  },
  convert: (e) => {
    const [height, width] = lengths(e) ?? [1, 1];
    const bins = Math.floor(width / 2) + 1;
    const data = fitted(e, e.real(0), [height, width]);
    let real = e.b.op("MatMul", [data, waves(e, width, bins, Math.cos)]);
    let imaginary = e.b.op("MatMul", [data, waves(e, width, bins, (angle) => -Math.sin(angle))]);
    if (height > 1) {
      const [cosines, sines] = [waves(e, height, height, Math.cos), waves(e, height, height, Math.sin)];
      const product = (left: string, right: string): string => e.b.op("MatMul", [left, right]);
      [real, imaginary] = [
        e.b.op("Add", [product(cosines, real), product(sines, imaginary)]),
        e.b.op("Sub", [product(cosines, imaginary), product(sines, real)]),
      ];
    }
    e.setComplex(0, [real, imaginary]);
  },
};

function part(index: 0 | 1): OperatorRule {
  return { carries, convert: (e) => e.setReal(0, e.complex(0)[index]) };
}

/** COMPLEX_ABS: the root of both squares' sum. */
const magnitude: OperatorRule = {
  carries,
  convert: (e) => {
    const [real, imaginary] = e.complex(0);
    e.setReal(0, e.b.op("Sqrt", [e.b.op("Add", [e.b.op("Mul", [real, real]), e.b.op("Mul", [imaginary, imaginary])])]));
  },
};

/** Spectra of sounds and pictures. What moves elements moves those of both parts. */
export const spectrumRules: Rules = { RFFT2D: rfft2d, REAL: part(0), IMAG: part(1), COMPLEX_ABS: magnitude };
