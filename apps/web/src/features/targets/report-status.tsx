"use client";
import type { TargetReportStatus } from "@flotilla/contracts/views";
import { toast } from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../trpc/client.tsx";
import { MakingStatus } from "../shell/making-status.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";

const SHARES = { queued: 0.1, reading: 0.4, converting: 0.75 } as const;

/** Why there is no report yet: it is being made, or could not be. */
export function ReportStatus({ status, variantId }: { status: TargetReportStatus; variantId: string }) {
  const t = useTranslations("targets.status");
  const trpc = useTRPC();
  const client = useQueryClient();
  const sayError = useErrorText();
  const again = useMutation(
    trpc.models.retryTargetReport.mutationOptions({
      onSettled: () => client.invalidateQueries(trpc.models.targetReport.pathFilter()),
      onError: (error) => {
        toast.error(sayError(error));
      },
    }),
  );
  const step = status.step ?? "queued";
  return (
    <MakingStatus
      progress={status.state === "BUILDING" ? { value: SHARES[step], step: t(`steps.${step}`) } : null}
      error={status.error}
      words={{ building: t("building"), buildingText: t("buildingText"), failed: t("failed"), again: t("again") }}
      again={{ isPending: again.isPending, start: () => again.mutate({ id: variantId }) }}
    />
  );
}
