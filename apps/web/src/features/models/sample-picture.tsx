"use client";
import { useState } from "react";

/** One sample as a picture; nothing where it is none, or its data set is gone. */
export function SamplePicture({ dataSetId, sample, alt }: { dataSetId: string | null; sample: number; alt: string }) {
  const [broken, setBroken] = useState(false);
  if (dataSetId === null || broken) return null;
  return (
    // The picture comes from the session's own API at its own size; an optimiser in between would only blur it.
    // oxlint-disable-next-line nextjs/no-img-element
    <img
      src={`/api/data-sets/${dataSetId}/samples/${sample}.png`}
      alt={alt}
      loading="lazy"
      onError={() => setBroken(true)}
      className="mb-1 aspect-square w-full rounded-sm bg-sunken object-contain [image-rendering:pixelated]"
    />
  );
}
