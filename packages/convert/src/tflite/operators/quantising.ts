import { DataType } from "@flotilla/onnx";
import { TensorType } from "../../tflite-schema/gen/tflite.ts";
import { channelsFirst, channelsLast } from "../layout.ts";
import { onnxType } from "../source/tensor-types.ts";
import { scaleRatio, setRoundedUp } from "../rounding.ts";
import type { OperatorRule, Rules } from "../rule.ts";
import { refusal } from "../../reasons.ts";

/** QUANTIZE: from reals, or from integers of another scale, rounded as TFLite rescales them (rounding.ts). Source: TFLite's kernels/quantize.cc */
const quantize: OperatorRule = {
  convert: (e) => {
    if (e.sameScale(0, 0) && e.need(0).quantisation !== null) e.setStored(0, e.stored(0));
    else setRoundedUp(e, e.real(0), scaleRatio(e, 0) ?? 0);
  },
};

/** DEQUANTIZE: of integers, or of float16 constants of a model whose weights were halved. */
const dequantize: OperatorRule = {
  convert: (e) => e.setStored(0, e.cast(e.real(0), onnxType(e.target(0).type) ?? DataType.FLOAT)),
};

/** DENSIFY: sparse constants are made dense when the file is read. */
const densify: OperatorRule = {
  refuse: (view) => (view.need(0).data === null ? refusal("COMPUTED_DENSE") : null),
  convert: (e) => e.setStored(0, e.stored(0)),
};

/**
 * FAKE_QUANT of 8 bits: rounds to the 256 (255 in a narrow range) values between min and max, moved so that zero is one of them.
 * Source: TFLite's kernels/internal/reference/../quantization_util.cc, NudgeQuantizationRange
 */
const fakeQuant: OperatorRule = {
  refuse: (view) => {
    const { numBits, min, max } = view.options("FakeQuantOptions");
    return numBits !== 8
      ? refusal("ROUNDING_BITS", { bits: numBits })
      : min < max
        ? null
        : refusal("ROUNDING_RANGE", { low: min, high: max });
  },
  convert: (e) => {
    const { min, max, narrowRange } = e.options("FakeQuantOptions");
    const least = narrowRange ? 1 : 0;
    const scale = (max - min) / (255 - least);
    const zero = Math.min(255, Math.max(least, Math.round(least - min / scale)));
    const quantisation = { scale: [scale], zeroPoint: [zero], axis: 0 };
    const value = narrowRange ? e.b.op("Max", [e.real(0), e.scalar((least - zero) * scale, e.real(0))]) : e.real(0);
    e.setReal(0, e.dequantise(e.quantise(value, quantisation, TensorType.UINT8), quantisation, TensorType.UINT8, 0));
  },
};

/**
 * LOCAL_RESPONSE_NORMALIZATION: over 2 · radius + 1 channels; ONNX divides alpha by their number, TFLite does not.
 * Source: TFLite's kernels/local_response_norm.cc
 */
const localResponse: OperatorRule = {
  convert: (e) => {
    const { radius, bias, alpha, beta } = e.options("LocalResponseNormalizationOptions");
    const size = 2 * radius + 1;
    const value = e.b.op("LRN", [e.permuted(0, channelsFirst(4))], { size: BigInt(size), bias, alpha: alpha * size, beta });
    e.setReal(0, e.b.op("Transpose", [value], { perm: channelsLast(4).map(BigInt) }));
  },
};

export const quantisingRules: Rules = {
  QUANTIZE: quantize,
  DEQUANTIZE: dequantize,
  DENSIFY: densify,
  FAKE_QUANT: fakeQuant,
  LOCAL_RESPONSE_NORMALIZATION: localResponse,
};
