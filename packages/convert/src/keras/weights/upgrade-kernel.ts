import { elementCount, float32View, type Tensor } from "@flotilla/onnx";
import { float, permute, reshapeTensor } from "../emit/permute.ts";
import type { KerasLayer } from "../graph/keras-graph.ts";

const CONVOLUTIONS = new Set(["Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose"]);

/**
 * Kernels of Keras 1 and of Theano in the order of Keras 2. Keras 1 kept kernels of channels first as [filters, inputs, ...sizes], those of Conv1D as
 * [filters, inputs, length, 1] or [length, 1, inputs, filters], and the two channel axes of a Deconvolution2D the other way round; Theano's
 * convolutions turn their kernels round.
 * Source: keras 2.2 engine/saving.py, preprocess_weights_for_loading; utils/conv_utils.py, convert_kernel
 */
export function upgradeKernel(kernel: Tensor, { className, config }: KerasLayer, backend: string): Tensor {
  if (!CONVOLUTIONS.has(className)) return kernel;
  const ordered =
    config.keras === 1 ? reorder(kernel, className, config.raw("data_format") === "channels_first", Number(config.raw("filters"))) : kernel;
  return backend === "theano" ? turnRound(ordered) : ordered;
}

function reorder(kernel: Tensor, className: string, channelsFirst: boolean, filters: number): Tensor {
  if (className === "Conv1D" && kernel.dims.length === 4) {
    const turned = kernel.dims[3] === filters && kernel.dims[1] === 1 ? kernel : permute(kernel, [2, 3, 1, 0]);
    const [length = 1, , inputs = 1, outputs = 1] = turned.dims;
    return reshapeTensor(turned, [length, inputs, outputs]);
  }
  if (className === "Conv2DTranspose")
    return kernel.dims.length === 4 ? permute(kernel, channelsFirst ? [2, 3, 0, 1] : [0, 1, 3, 2]) : kernel;
  if (!channelsFirst) return kernel;
  if (className === "Conv2D" && kernel.dims.length === 4) return permute(kernel, [2, 3, 1, 0]);
  return className === "Conv3D" && kernel.dims.length === 5 ? permute(kernel, [2, 3, 4, 1, 0]) : kernel;
}

/** Reverses all spatial axes: blocks of [inputs, outputs] in the opposite order. */
function turnRound(kernel: Tensor): Tensor {
  const source = float32View(kernel);
  const block = elementCount(kernel.dims.slice(-2));
  const target = new Float32Array(source.length);
  for (let at = 0; at < source.length; at += block) target.set(source.subarray(at, at + block), source.length - block - at);
  return float(kernel.dims, target);
}
