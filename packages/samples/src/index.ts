import path from "node:path";
import { fileURLToPath } from "node:url";

// Not `new URL(…, import.meta.url)`: a bundler takes that for an asset of its own.
const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), "../files");
const file = (name: string): string => path.join(folder, name);

/**
 * Paths of the files that Flotilla brings along: two small MNIST classifiers and digits to calibrate and test them with.
 * Images are uint8 28 × 28, white on black; the models take `image`, pixel / 255, [n, 28, 28, 1], and give 10 probabilities.
 */
export const samples = {
  /** 294,817 bytes, opset 17, 99.4 % on the test images. */
  mnistCnn: file("mnist-cnn.onnx"),
  /** Depthwise separable, 127,701 bytes, opset 17, 99.1 % on the test images. */
  mnistMobilenet: file("mnist-mobilenet.onnx"),
  /** [1000, 28, 28] uint8: the first 1,000 images of MNIST's test set. */
  mnistTestImages: file("mnist-test-images.npy"),
  mnistTestLabels: file("mnist-test-labels.npy"),
  /** [256, 28, 28] uint8 out of MNIST's training set. */
  mnistCalibrationImages: file("mnist-calibration-images.npy"),
  mnistCalibrationLabels: file("mnist-calibration-labels.npy"),
  /** The test images as PNG files in folders 0…9. */
  mnistTestZip: file("mnist-test-1000.zip"),
  mnistCalibrationZip: file("mnist-calibration-256.zip"),
} as const;

export type SampleName = keyof typeof samples;
