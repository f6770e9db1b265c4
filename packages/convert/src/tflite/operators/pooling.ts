import { activate, refuseActivation } from "../activation.ts";
import { setMean } from "../averaging.ts";
import type { Emitter } from "../emitter.ts";
import { channelsFirst, channelsLast, inputFirst, setFromFirst } from "../layout.ts";
import type { OperatorView } from "../operator-view.ts";
import { paddingAttributes, refuseWindow } from "../padding.ts";
import type { OperatorRule } from "../rule.ts";
import { ActivationFunctionType } from "../../tflite-schema/gen/tflite.ts";

function pool(e: Emitter, opType: string, value: string): string {
  const { strideH, strideW, filterHeight, filterWidth, padding } = e.options("Pool2DOptions");
  const [kernel, strides] = [
    [filterHeight, filterWidth],
    [strideH, strideW],
  ];
  const sizes = e.shape(value).slice(2);
  return e.b.op(opType, [value], {
    kernel_shape: kernel.map(BigInt),
    strides: strides.map(BigInt),
    ...paddingAttributes(padding, { sizes, kernel, strides, dilations: [1, 1] }),
  });
}

function refusePool(view: OperatorView): string | null {
  const { strideH, strideW, filterHeight, filterWidth, fusedActivationFunction } = view.options("Pool2DOptions");
  return refuseWindow([strideH, strideW, filterHeight, filterWidth]) ?? refuseActivation(fusedActivationFunction);
}

/** AVERAGE_POOL_2D: NHWC; what is padded does not count. int8: rounded as TFLite does (averaging.ts). Source: TFLite's kernels/pooling.cc */
export const averagePool2d: OperatorRule = {
  refuse: refusePool,
  convert: (e) => {
    const { fusedActivationFunction } = e.options("Pool2DOptions");
    if (fusedActivationFunction === ActivationFunctionType.NONE) setMean(e, (value) => pool(e, "AveragePool", value));
    else setFromFirst(e, activate(e, pool(e, "AveragePool", inputFirst(e, 0)), fusedActivationFunction, e.target(0)));
  },
};

/** MAX_POOL_2D: NHWC; on integers where nothing else is to be done to them. Source: TFLite's kernels/pooling.cc */
export const maxPool2d: OperatorRule = {
  refuse: refusePool,
  convert: (e) => {
    const { fusedActivationFunction } = e.options("Pool2DOptions");
    if (e.need(0).quantisation !== null && e.sameScale(0, 0) && fusedActivationFunction === ActivationFunctionType.NONE) {
      const value = pool(e, "MaxPool", e.b.op("Transpose", [e.stored(0)], { perm: channelsFirst(4).map(BigInt) }));
      e.setStored(0, e.b.op("Transpose", [value], { perm: channelsLast(4).map(BigInt) }));
      return;
    }
    setFromFirst(e, activate(e, pool(e, "MaxPool", inputFirst(e, 0)), fusedActivationFunction, e.target(0)));
  },
};

/** L2_POOL_2D: the root of the mean of squares. Source: TFLite's kernels/pooling.cc */
export const l2Pool2d: OperatorRule = {
  refuse: refusePool,
  convert: (e) => {
    const data = inputFirst(e, 0);
    const value = e.b.op("Sqrt", [pool(e, "AveragePool", e.b.op("Mul", [data, data]))]);
    setFromFirst(e, activate(e, value, e.options("Pool2DOptions").fusedActivationFunction, e.target(0)));
  },
};
