/** Why a node stays in float, by a stable code: a sentence part for "Conv "a" stays in float: …". */
export const FLOAT_REASONS = {
  excluded: "excluded by hand",
  no_kernel: "the runtime has no integer kernel for it",
  input_type: "its input is not float32",
  constant_input: "its data input is a constant",
  weights_not_constant: "its weights are not constant float32",
  weights_empty: "its weights are empty",
  weights_vector: "its weights are a vector",
  transposed_input: "it scales or transposes its input",
  bias_not_constant: "its bias is not a constant vector",
  cubic: "cubic interpolation leaves the range of its input",
  old_slice: "it is a Slice of an old operator set",
  pad_value: "it pads with something else than 0",
  indices_read: "its indices are read",
  calculated_limits: "its limits are calculated",
  limits_without_zero: "its limits leave zero out",
  inputs_in_float: "its inputs are not quantised",
  divided_by: "a small result rounded to 0 would become infinite behind it",
  float_readers: "only float nodes read it",
  unneeded: "no quantised node needs it",
} as const;

export type FloatReason = keyof typeof FLOAT_REASONS;
