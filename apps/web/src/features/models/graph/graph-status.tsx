"use client";
import type { GraphViewStatus } from "@flotilla/contracts/views";
import { Button, EmptyState, Progress, toast } from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../../trpc/client.tsx";
import { useSession } from "../../shell/session.tsx";
import { useErrorText, useReasonText } from "../../shell/use-reason-text.ts";

const SHARES = { queued: 0.05, reading: 0.3, drawing: 0.65, storing: 0.95 } as const;

/** Why there is no picture yet: it is being drawn, or could not be. */
export function GraphStatus({ status, variantId }: { status: GraphViewStatus; variantId: string }) {
  const t = useTranslations("graph.status");
  const trpc = useTRPC();
  const client = useQueryClient();
  const session = useSession();
  const sayError = useErrorText();
  const sayReason = useReasonText();
  const again = useMutation(
    trpc.models.redrawGraph.mutationOptions({
      onSettled: () => client.invalidateQueries(trpc.models.graphView.pathFilter()),
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
