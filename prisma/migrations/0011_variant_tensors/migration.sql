-- Inputs and outputs of an exported file: their order of axes, integers and scales, where these are not the model's own.
ALTER TABLE "variant" ADD COLUMN "tensors" JSONB;
