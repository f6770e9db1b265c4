import { DataType, tensorFromNumbers } from "@flotilla/onnx";
import { refusal, type Refusal } from "../../reasons.ts";
import type { Emitter } from "../emitter.ts";
import type { OperatorRule, Rules } from "../rule.ts";

/** Where a matrix has its diagonal, as booleans. */
function diagonal(e: Emitter, rows: number, columns: number): string {
  const places = Array.from({ length: rows * columns }, (_, index) => Number(Math.floor(index / columns) === index % columns));
  return e.b.constant(tensorFromNumbers(DataType.BOOL, [rows, columns], places));
}

const fixed = (sizes: readonly number[]): Refusal | null => (sizes.some((size) => size < 0) ? refusal("OPEN_SIZES") : null);

/** MATRIX_DIAG: [..., n] → [..., n, n], zeros beside the diagonal. */
const matrixDiag: OperatorRule = {
  refuse: (view) => fixed(view.need(0).signature.slice(-1)),
  convert: (e) => {
    const size = e.need(0).shape.at(-1) ?? 0;
    e.move(0, 0, (value) => {
      const zero = e.b.constant(tensorFromNumbers(e.b.type(value).elemType, [], [e.target(0).quantisation?.zeroPoint[0] ?? 0]));
      return e.b.op("Where", [diagonal(e, size, size), e.b.op("Unsqueeze", [value, e.b.ints([-1])]), zero]);
    });
  },
};

/** MATRIX_SET_DIAG: a matrix and what its diagonal becomes, which is as long as its shorter side. */
const matrixSetDiag: OperatorRule = {
  refuse: (view) => fixed(view.need(0).signature.slice(-2)),
  convert: (e) => {
    const [rows = 0, columns = 0] = e.need(0).shape.slice(-2);
    const along = e.b.op("Unsqueeze", [e.real(1), e.b.ints([columns <= rows ? -2 : -1])]);
    e.setReal(0, e.b.op("Where", [diagonal(e, rows, columns), along, e.real(0)]));
  },
};

/** Matrices and their diagonals. Source: TFLite's kernels/matrix_diag.cc and matrix_set_diag.cc */
export const matrixRules: Rules = { MATRIX_DIAG: matrixDiag, MATRIX_SET_DIAG: matrixSetDiag };
