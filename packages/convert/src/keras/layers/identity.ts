import type { LayerKind } from "./layer-kind.ts";

/**
 * Layers that do something only while training: at inference the output is the input, of any shape and type.
 * Source: keras/src/layers/regularization, preprocessing/image_preprocessing (training=False)
 */
export const identity: LayerKind = {
  classes: [
    ...["Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout"],
    ...["GaussianNoise", "GaussianDropout", "ActivityRegularization", "Identity"],
    ...["RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom", "RandomContrast", "RandomBrightness"],
    ...["RandomHeight", "RandomWidth", "RandomShear", "RandomPerspective", "RandomElasticTransform", "RandomErasing"],
    ...["RandomColorDegeneration", "RandomColorJitter", "RandomGrayscale", "RandomHue", "RandomSaturation", "RandomSharpness"],
    ...["RandomInvert", "RandomPosterization", "RandomGaussianBlur", "AugMix", "CutMix", "MixUp", "RandAugment"],
  ],
  about: "Nothing: they act only while training",
  passesMask: true,
  convert: (call) => call.rawInput(),
};
