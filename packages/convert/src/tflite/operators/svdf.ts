import { DataType } from "@flotilla/onnx";
import { activate, refuseActivation } from "../activation.ts";
import { dequantiseConstant } from "../dequantise-constant.ts";
import type { Emitter } from "../emitter.ts";
import { refusal } from "../../reasons.ts";
import type { OperatorRule, Rules } from "../rule.ts";

/** Inputs: data, filter of features, filter of time, bias (may be left out), state. */
const [FEATURES, TIME, BIAS, STATE] = [1, 2, 3, 4] as const;

/**
 * SVDF: data [batch, inputs]; each of `rank × units` features is a product with the data, remembered for as many runs as the filter of time [features, memory] has
 * columns, and weighed by it; each unit is the sum of `rank` features and its bias. A run that starts with an empty memory has one feature in it, the newest,
 * which the last column weighs. int8: the feature is rounded to the state's scale first, as it is when it is stored.
 * Source: TFLite's kernels/svdf.cc and kernels/internal/reference/svdf.h
 */
const svdf: OperatorRule = {
  limits: "Its memory is empty at every run.",
  refuse: (view) => {
    const { rank, fusedActivationFunction } = view.options("SVDFOptions");
    const [features = 0] = view.need(FEATURES).shape;
    if (rank < 1 || features % rank !== 0 || view.need(FEATURES).shape.length !== 2 || view.need(TIME).shape[0] !== features)
      return refusal("FEATURES_AND_RANK", { features, rank });
    if (view.constant(TIME) === null) return refusal("COMPUTED_WEIGHTS");
    return refuseActivation(fusedActivationFunction);
  },
  convert: (e) => {
    const { rank, fusedActivationFunction } = e.options("SVDFOptions");
    const [features = 1] = e.need(FEATURES).shape;
    const product = remembered(e, e.b.op("Gemm", [e.real(0), e.real(FEATURES)], { transB: 1n }));
    const weighed = e.b.op("Mul", [product, e.b.floats(lastColumn(e))]);
    let value = weighed;
    if (rank > 1) {
      const grouped = e.b.op("Reshape", [weighed, e.b.ints([-1, features / rank, rank])]);
      value = e.b.op("ReduceSum", [grouped, e.b.ints([2])], { keepdims: 0n });
    }
    if (e.has(BIAS)) value = e.b.op("Add", [value, bias(e)]);
    e.setReal(0, activate(e, value, fusedActivationFunction, e.target(0)));
  },
};

/** The features as the state stores them. */
function remembered(e: Emitter, value: string): string {
  const state = e.source(STATE);
  if (state === null || state.quantisation === null) return value;
  return e.dequantise(e.quantise(value, state.quantisation, state.type), state.quantisation, state.type, 0);
}

function lastColumn(e: Emitter): Float32Array {
  const time = e.need(TIME);
  const [features = 1, memory = 1] = time.shape;
  const source = e.constant(TIME) ?? time;
  const weights = dequantiseConstant(e.tensor(source), source);
  return Float32Array.from({ length: features }, (_, index) => weights[index * memory + memory - 1] ?? 0);
}

/** An integer bias counts in steps of the state's scale times that of the filter of time. */
function bias(e: Emitter): string {
  const scales = [e.source(STATE), e.need(TIME)].map((tensor) => tensor?.quantisation?.scale[0]);
  const [state, time] = scales;
  if (state === undefined || time === undefined) return e.real(BIAS);
  return e.b.op("Mul", [e.cast(e.stored(BIAS), DataType.FLOAT), e.b.floats(state * time)]);
}

export const svdfRules: Rules = { SVDF: svdf };
