import { elementCount } from "@flotilla/onnx";
import { activate, refuseActivation } from "../activation.ts";
import { addBias } from "../bias.ts";
import type { OperatorRule } from "../rule.ts";
import { refusal } from "../../reasons.ts";

/**
 * FULLY_CONNECTED: data of any rank, filter [outputs, inputs], bias (may be left out). The data become [rows, inputs] first, unless the operator keeps
 * their axes. int8: filter by tensor or by channel along its first axis.
 * Source: TFLite's kernels/fully_connected.cc
 */
export const fullyConnected: OperatorRule = {
  refuse: (view) => {
    const { weightsFormat, fusedActivationFunction } = view.options("FullyConnectedOptions");
    if (weightsFormat !== 0) return refusal("SHUFFLED_WEIGHTS");
    if (view.need(1).shape.length !== 2) return refusal("FILTER_AXES", { axes: view.need(1).shape.length });
    return refuseActivation(fusedActivationFunction);
  },
  convert: (e) => {
    const { keepNumDims, fusedActivationFunction } = e.options("FullyConnectedOptions");
    const [outputs = 1, inputs = 1] = e.need(1).shape;
    const shape = e.shape(e.stored(0));
    const bias = addBias(e, 2, 0, 1);
    const keeps = keepNumDims && shape.length > 2 && shape.at(-1) === inputs;
    let value: string;
    if (keeps) {
      value = e.b.op("MatMul", [e.real(0), e.permuted(1, [1, 0])]);
      if (bias[0] !== undefined) value = e.b.op("Add", [value, bias[0]]);
    } else {
      const { quantisation, type } = e.need(0);
      // The integers are reshaped, not the reals: the DequantizeLinear stays next to its layer.
      const flat =
        shape.length === 2 && shape[1] === inputs ? null : e.b.op("Reshape", [e.stored(0), e.b.ints([rowsOf(shape, inputs), inputs])]);
      const data = flat === null ? e.real(0) : quantisation === null ? flat : e.dequantise(flat, quantisation, type, 0);
      value = e.b.op("Gemm", [data, e.real(1), ...bias], { transB: 1n });
    }
    value = activate(e, value, fusedActivationFunction, e.target(0));
    if (!keeps && keepNumDims && shape.length !== 2)
      value = e.b.op("Reshape", [value, e.b.ints([...shape.slice(0, -1).map((dim) => (typeof dim === "number" ? dim : -1)), outputs])]);
    e.setReal(0, value);
  },
};

function rowsOf(shape: readonly (number | string | null)[], inputs: number): number {
  const sizes = shape.filter((dim) => typeof dim === "number");
  return sizes.length === shape.length ? elementCount(sizes) / inputs : -1;
}
