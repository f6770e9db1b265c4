import { kept, type LayerKind } from "./layer-kind.ts";

/**
 * SpectralNormalization: a layer whose kernel training divides by its largest singular value and stores so; at inference the layer alone.
 * `vector_u` [1, outputs] serves training only.
 * Source: keras/src/layers/normalization/spectral_normalization.py
 */
export const spectralNormalization: LayerKind = {
  classes: ["SpectralNormalization"],
  about: "The layer's own operators",
  slots: () => kept("vector_u"),
  parts: (config, make) => {
    const layer = make(config.raw("layer"));
    return [{ name: layer.name, attributes: ["layer"], layer }];
  },
  passesMask: true,
  convert: (call) => {
    const inner = call.layer.parts[0]?.layer ?? call.fail("wraps nothing");
    return call.context.convert(inner, call.args, call.kwargs);
  },
};
