import { type LayerKind, trained } from "./layer-kind.ts";

/** LayerScale of keras.applications' ConvNeXt: x · gamma, a factor per channel [projection_dim]. Source: keras/src/applications/convnext.py */
export const layerScale: LayerKind = {
  classes: ["LayerScale"],
  about: "Mul",
  slots: () => trained("gamma"),
  convert: (call) => {
    const gamma = call.weight("gamma", [call.config.int("projection_dim")]);
    return call.b.op("Mul", [call.input(), call.b.constant(gamma, "gamma")]);
  },
};
