/**
 * What the peers gave on the same models, recorded once on an AMD EPYC with two processors and AVX2: tf2onnx 1.17.0 with TensorFlow 2.21 and Keras 3.15.1, opset 17,
 * onnxsim 0.8.1. Seconds are those of the conversion alone: importing tf2onnx and TensorFlow takes 9 to 13 more.
 */
export interface RecordedConversion {
  readonly seconds: number | null;
  readonly nodes: number | null;
  /** Largest difference from the framework's own answer; of an int8 file in steps. */
  readonly error: number | null;
  /** Why there is no graph that runs. */
  readonly failure: string | null;
}

const gave = (seconds: number, nodes: number, error: number): RecordedConversion => ({ seconds, nodes, error, failure: null });
const steps = (error: number): RecordedConversion => ({ seconds: null, nodes: null, error, failure: null });
const failed = (failure: string): RecordedConversion => ({ seconds: null, nodes: null, error: null, failure });
const ERFC = failed("invalid graph (Erfc)");

/** By model, then by file; `k2.h5` is Keras 2's. */
export const TF2ONNX: Readonly<Record<string, Readonly<Record<string, RecordedConversion>>>> = {
  mnist_cnn: {
    "model.keras": failed("KeyError"),
    "k2.h5": gave(0.8, 12, 2.4e-7),
    "model.tflite": gave(0.3, 18, 2.4e-7),
    "model_int8.tflite": steps(0),
  },
  mini_mobilenet: {
    "model.keras": gave(6.5, 45, 1.2e-7),
    "k2.h5": gave(3, 35, 1.2e-7),
    "model.tflite": gave(0.9, 35, 1.2e-7),
    "model_int8.tflite": steps(0),
  },
  sepconv_digits: {
    "model.keras": gave(2.9, 21, 1.2e-7),
    "k2.h5": gave(1.2, 21, 1.2e-7),
    "model.tflite": gave(1.8, 21, 1.2e-7),
    "model_int8.tflite": steps(0),
  },
  unet: {
    "model.keras": gave(4.2, 42, 3e-7),
    "k2.h5": gave(1.2, 22, 3e-7),
    "model.tflite": gave(0.8, 40, 2.4e-7),
    "model_int8.tflite": steps(2),
  },
  ssd_tiny: {
    "model.keras": gave(3.9, 52, 5.4e-7),
    "k2.h5": gave(1.3, 52, 6e-7),
    "model.tflite": gave(0.8, 52, 4.8e-7),
    "model_int8.tflite": steps(9),
  },
  lstm_rows: { "model.keras": failed("KeyError"), "k2.h5": gave(4.3, 29, 1.2e-7), "model.tflite": failed("fails (fused LSTM)") },
  bigru_digits: { "model.keras": gave(19, 120, 2.6e-7), "k2.h5": gave(11, 73, 2.4e-7), "model.tflite": failed("invalid graph (Loop)") },
  tcn_waves: {
    "model.keras": gave(5.6, 120, 1.3e-6),
    "k2.h5": gave(2.9, 116, 1.3e-6),
    "model.tflite": gave(1.6, 251, 1.1e-6),
    "model_int8.tflite": steps(6),
  },
  transformer: { "model.keras": ERFC, "k2.h5": ERFC, "model.tflite": ERFC },
  preprocess: {
    "model.keras": gave(2.9, 26, 1.2e-7),
    "k2.h5": gave(1.1, 20, 1.2e-7),
    "model.tflite": gave(0.4, 36, 1.2e-7),
    "model_int8.tflite": steps(0),
  },
  siamese: {
    "model.keras": gave(3.5, 51, 1.2e-7),
    "k2.h5": gave(1.1, 37, 1.2e-7),
    "model.tflite": gave(0.8, 51, 1.2e-7),
    "model_int8.tflite": steps(2),
  },
  activations: { "model.keras": ERFC, "k2.h5": ERFC, "model.tflite": ERFC, "model_int8.tflite": ERFC },
  autoencoder: {
    "model.keras": gave(2.8, 29, 6.9e-7),
    "k2.h5": gave(2.4, 21, 6.3e-7),
    "model.tflite": gave(0.3, 26, 7.5e-7),
    "model_int8.tflite": steps(7),
  },
  // nsfwjs' weights, rebuilt in Keras and converted from there.
  mobilenet_v2: { "model.zip": gave(8, 113, 4.8e-7) },
  inception_v3: { "model.zip": gave(59, 224, 3.5e-9) },
};

export interface RecordedCleanUp {
  /** Of tf2onnx's graph. */
  readonly nodesBefore: number;
  readonly nodesAfter: number;
  readonly ms: number;
}

/** onnxsim on tf2onnx's graph of the same model. */
export const ONNXSIM: Readonly<Record<string, RecordedCleanUp>> = {
  mnist_cnn_bn: { nodesBefore: 30, nodesAfter: 24, ms: 16 },
  mini_mobilenet_w2: { nodesBefore: 45, nodesAfter: 34, ms: 16 },
  mobilenet_v2: { nodesBefore: 113, nodesAfter: 109, ms: 51 },
  inception_v3: { nodesBefore: 224, nodesAfter: 224, ms: 551 },
  tcn_waves: { nodesBefore: 120, nodesAfter: 85, ms: 22 },
  bigru_digits: { nodesBefore: 120, nodesAfter: 112, ms: 42 },
  unet: { nodesBefore: 42, nodesAfter: 28, ms: 14 },
  ssd_tiny: { nodesBefore: 52, nodesAfter: 28, ms: 13 },
  siamese: { nodesBefore: 51, nodesAfter: 39, ms: 12 },
  lstm_rows: { nodesBefore: 29, nodesAfter: 13, ms: 11 },
};
