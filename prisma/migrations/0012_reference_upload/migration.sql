-- An upload may be somebody's own inputs and outputs of a converted model: which version they are compared with.
ALTER TABLE "upload" ADD COLUMN "targetVersionId" UUID;
