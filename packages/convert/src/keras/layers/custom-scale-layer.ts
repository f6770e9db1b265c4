import type { LayerKind } from "./layer-kind.ts";

/**
 * CustomScaleLayer of keras.applications' InceptionResNetV2: first + scale · second. It is Keras' own, in spite of its name.
 * Source: keras/src/applications/inception_resnet_v2.py
 */
export const customScaleLayer: LayerKind = {
  classes: ["CustomScaleLayer"],
  about: "Mul, Add",
  convert: (call) => {
    const { b, config } = call;
    return b.op("Add", [call.input(), b.op("Mul", [call.input(1), b.floats(config.number("scale", 1))])]);
  },
};
