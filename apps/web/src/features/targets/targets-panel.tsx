"use client";
import type { ModelVersionView, VariantView } from "@flotilla/contracts/views";
import { Skeleton, SkeletonGroup } from "@flotilla/ui";
import { keyByName } from "../models/graph/resolve-key.ts";
import { QueryFailure } from "../shell/query-failure.tsx";
import { useSession } from "../shell/session.tsx";
import { EdgeTpuCard } from "./edge-tpu-card.tsx";
import { formatsOfSource } from "./formats-of.ts";
import { OpencvCard } from "./opencv-card.tsx";
import { ReportStatus } from "./report-status.tsx";
import { TargetTable } from "./target-table.tsx";
import { useTargetReport } from "./use-target-report.ts";

/** Which kinds of device can run a variant, and in particular what the Edge TPU and OpenCV make of it. */
export function TargetsPanel({ version, variant }: { version: ModelVersionView; variant: VariantView }) {
  const query = useTargetReport(variant.id);
  const session = useSession();
  const { data: status } = query;
  const path = `/models/${version.modelId}/versions/${version.id}`;
  if (status === undefined) {
    if (query.error !== null) return <QueryFailure error={query.error} retrying={query.isFetching} onRetry={() => void query.refetch()} />;
    return (
      <SkeletonGroup>
        <Skeleton className="h-96" />
      </SkeletonGroup>
    );
  }
  // Recipes begin with the original, and what is quantised is not quantised again.
  const canQuantise = session.can("job:write") && (version.inspection.operators["QuantizeLinear"] ?? 0) === 0;
  if (status.report === null) return <ReportStatus status={status} variantId={variant.id} />;
  const formats = variant.isSource ? formatsOfSource(version.converted?.format ?? null) : [variant.format];
  return (
    <>
      <TargetTable report={status.report} formats={formats} measured={status.measured} />
      <EdgeTpuCard
        edgeTpu={status.report.edgeTpu}
        optimiseHref={canQuantise ? `${path}?tab=runs-on&variant=${variant.id}&optimise=true&preset=tfliteInt8` : null}
      />
      <OpencvCard
        opencv={status.report.opencv}
        nodeHref={(name) => `${path}?tab=graph&variant=${variant.id}&node=${encodeURIComponent(keyByName(name))}`}
      />
    </>
  );
}
