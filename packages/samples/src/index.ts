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
  /** A third classifier in other formats, 98.4 % on the test images: Keras 2 HDF5, 193,104 bytes, with Adam's state; Keras 3, 188,577 bytes… */
  mnistKeras2: file("mnist-keras2.h5"),
  mnistKeras3: file("mnist-keras3.keras"),
  /** …and full-int8 TensorFlow Lite with int8 in and out, 18,736 bytes. */
  mnistTflite: file("mnist-int8.tflite"),
  /** Keras 3 models that cannot be converted: one with a Lambda, one with five layers without a counterpart. They have no weights. */
  kerasLambda: file("keras-lambda.keras"),
  kerasFiveUnsupported: file("keras-five-unsupported.keras"),
  /** Keras 3, `features` [n, 8] divided by their length: TensorFlow.js does not know its layer, so nothing here can run the file itself. */
  kerasUnitLength: file("keras-unit-length.keras"),
} as const;

export type SampleName = keyof typeof samples;
