-- Histograms of a variant's activations, and the time of each node: too big for every list of variants.
CREATE TABLE "variant_detail" (
    "variantId" UUID NOT NULL,
    "organisationId" TEXT NOT NULL,
    "activations" JSONB,
    "nodeTimes" JSONB,

    CONSTRAINT "variant_detail_pkey" PRIMARY KEY ("variantId")
);

ALTER TABLE "variant_detail" ADD CONSTRAINT "variant_detail_variantId_fkey" FOREIGN KEY ("variantId") REFERENCES "variant"("id") ON DELETE CASCADE ON UPDATE CASCADE;
