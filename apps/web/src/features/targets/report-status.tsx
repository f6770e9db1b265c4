"use client";
import type { TargetReportStatus } from "@flotilla/contracts/views";
import { Button, EmptyState, Progress, toast } from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../trpc/client.tsx";
import { useSession } from "../shell/session.tsx";
import { useErrorText, useReasonText } from "../shell/use-reason-text.ts";

const SHARES = { queued: 0.1, reading: 0.4, converting: 0.75 } as const;

/** Why there is no report yet: it is being made, or could not be. */
export function ReportStatus({ status, variantId }: { status: TargetReportStatus; variantId: string }) {
  const t = useTranslations("targets.status");
  const trpc = useTRPC();
  const client = useQueryClient();
  const session = useSession();
  const sayError = useErrorText();
  const sayReason = useReasonText();
  const again = useMutation(
    trpc.models.retryTargetReport.mutationOptions({
      onSettled: () => client.invalidateQueries(trpc.models.targetReport.pathFilter()),
      onError: (error) => {
        toast.error(sayError(error));
      },
    }),
  );
  if (status.state === "BUILDING") {
    const step = status.step ?? "queued";
    return (
      <EmptyState title={t("building")}>
        <p className="mb-4">{t("buildingText")}</p>
        <Progress value={SHARES[step]} label={t(`steps.${step}`)} />
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={t("failed")}
      action={
        session.can("model:write") && status.error?.code !== "TOO_MANY_NODES" ? (
          <Button pending={again.isPending} onClick={() => again.mutate({ id: variantId })}>
            {t("again")}
          </Button>
        ) : undefined
      }
    >
      {status.error === null ? null : sayReason(status.error)}
    </EmptyState>
  );
}
