/**
 * ONNX Resize that does what tf.image.resize (version 2, pixel centres, no antialiasing) does; null for what ONNX has no word for.
 * Bicubic is Keys' with a = −0.5 and leaves out places beyond the border.
 * Source: tensorflow/core/kernels/image/resize_{bilinear,bicubic,nearest_neighbor}_op.cc with half_pixel_centers
 */
export function resizeAttributes(interpolation: string): Record<string, string | number | bigint> | null {
  if (interpolation === "bilinear") return { mode: "linear", coordinate_transformation_mode: "half_pixel" };
  if (interpolation === "nearest")
    return { mode: "nearest", coordinate_transformation_mode: "half_pixel", nearest_mode: "round_prefer_ceil" };
  if (interpolation !== "bicubic") return null;
  return { mode: "cubic", coordinate_transformation_mode: "half_pixel", cubic_coeff_a: -0.5, exclude_outside: 1n };
}
