import { activate, refuseActivation } from "../activation.ts";
import { setMean } from "../averaging.ts";
import type { Emitter } from "../emitter.ts";
import { idleAxis, inputFirst, setFromFirst, setStoredFromFirst, storedFirst } from "../layout.ts";
import type { OperatorView } from "../operator-view.ts";
import { paddingAttributes, refuseWindow } from "../padding.ts";
import type { OperatorRule } from "../rule.ts";
import { ActivationFunctionType } from "../../tflite-schema/gen/tflite.ts";
import type { Refusal } from "../../reasons.ts";

function windowOf(view: OperatorView): number[] {
  const { filterHeight, filterWidth } = view.options("Pool2DOptions");
  return [filterHeight, filterWidth];
}

function pool(e: Emitter, opType: string, value: string, idle: number | null): string {
  const { strideH, strideW, padding } = e.options("Pool2DOptions");
  const kernel = windowOf(e).filter((_, axis) => axis !== idle);
  const strides = [strideH, strideW].filter((_, axis) => axis !== idle);
  const sizes = e.shape(value).slice(2);
  return e.b.op(opType, [value], {
    kernel_shape: kernel.map(BigInt),
    strides: strides.map(BigInt),
    ...paddingAttributes(padding, { sizes, kernel, strides, dilations: kernel.map(() => 1) }),
  });
}

function refusePool(view: OperatorView): Refusal | null {
  const { strideH, strideW, filterHeight, filterWidth, fusedActivationFunction } = view.options("Pool2DOptions");
  return refuseWindow([strideH, strideW, filterHeight, filterWidth]) ?? refuseActivation(fusedActivationFunction);
}

/** AVERAGE_POOL_2D: NHWC; what is padded does not count. int8: rounded as TFLite does (averaging.ts). Source: TFLite's kernels/pooling.cc */
export const averagePool2d: OperatorRule = {
  refuse: refusePool,
  convert: (e) => {
    const { fusedActivationFunction } = e.options("Pool2DOptions");
    const idle = idleAxis(e, 0, windowOf(e));
    if (fusedActivationFunction === ActivationFunctionType.NONE) setMean(e, (value) => pool(e, "AveragePool", value, idle), idle);
    else setFromFirst(e, activate(e, pool(e, "AveragePool", inputFirst(e, 0, idle), idle), fusedActivationFunction, e.target(0)), idle);
  },
};

/** MAX_POOL_2D: NHWC; on integers where nothing else is to be done to them. Source: TFLite's kernels/pooling.cc */
export const maxPool2d: OperatorRule = {
  refuse: refusePool,
  convert: (e) => {
    const { fusedActivationFunction } = e.options("Pool2DOptions");
    const idle = idleAxis(e, 0, windowOf(e));
    if (e.need(0).quantisation !== null && e.sameScale(0, 0) && fusedActivationFunction === ActivationFunctionType.NONE)
      setStoredFromFirst(e, pool(e, "MaxPool", storedFirst(e, 0, idle), idle), idle);
    else setFromFirst(e, activate(e, pool(e, "MaxPool", inputFirst(e, 0, idle), idle), fusedActivationFunction, e.target(0)), idle);
  },
};

/** L2_POOL_2D: the root of the mean of squares. Source: TFLite's kernels/pooling.cc */
export const l2Pool2d: OperatorRule = {
  refuse: refusePool,
  convert: (e) => {
    const data = inputFirst(e, 0);
    const value = e.b.op("Sqrt", [pool(e, "AveragePool", e.b.op("Mul", [data, data]), null)]);
    setFromFirst(e, activate(e, value, e.options("Pool2DOptions").fusedActivationFunction, e.target(0)));
  },
};
