import { DataType } from "../graph/data-types.ts";
import type { RangeRule, ValueRange } from "./observers/range-rule.ts";
import type { ActivationType, QuantProfile } from "./profile.ts";
import {
  asymmetricParams,
  INT16_RANGE,
  INT8_RANGE,
  type IntegerRange,
  type QuantParams,
  symmetricParams,
  UINT16_RANGE,
  UINT8_RANGE,
} from "./scale-maths.ts";

interface ActivationFormat {
  readonly dataType: number;
  readonly integers: IntegerRange;
  /** Bytes of an element. */
  readonly bytes: 1 | 2;
  /** The first opset whose QuantizeLinear writes it, with an axis (13) for the weights. */
  readonly opset: number;
}

export const ACTIVATION_FORMATS: Readonly<Record<ActivationType, ActivationFormat>> = {
  uint8: { dataType: DataType.UINT8, integers: UINT8_RANGE, bytes: 1, opset: 13 },
  int8: { dataType: DataType.INT8, integers: INT8_RANGE, bytes: 1, opset: 13 },
  uint16: { dataType: DataType.UINT16, integers: UINT16_RANGE, bytes: 2, opset: 21 },
  int16: { dataType: DataType.INT16, integers: INT16_RANGE, bytes: 2, opset: 21 },
};

/** Scale and zero point of an activation. A symmetric unsigned range has its zero point in the middle. */
export function activationParams(range: ValueRange, profile: Pick<QuantProfile, "activations" | "symmetricActivations">): QuantParams {
  const { integers } = ACTIVATION_FORMATS[profile.activations];
  if (!profile.symmetricActivations) return asymmetricParams(range.min, range.max, integers);
  const reach = Math.floor((integers.max - integers.min) / 2);
  const { scale } = symmetricParams(Math.max(-range.min, range.max), { min: -reach, max: reach });
  return { scale, zeroPoint: integers.min + reach + 1 };
}

/** The rule by which an observer chooses ranges for these options. */
export function rangeRule(
  options: Partial<QuantProfile> & Pick<RangeRule, "observer"> & Partial<Pick<RangeRule, "percentile">>,
): RangeRule {
  return {
    observer: options.observer,
    ...(options.percentile === undefined ? {} : { percentile: options.percentile }),
    integers: ACTIVATION_FORMATS[options.activations ?? "uint8"].integers,
    symmetric: options.symmetricActivations ?? false,
  };
}
