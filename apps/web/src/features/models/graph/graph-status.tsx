"use client";
import type { GraphViewStatus } from "@flotilla/contracts/views";
import { toast } from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../../trpc/client.tsx";
import { MakingStatus } from "../../shell/making-status.tsx";
import { useErrorText } from "../../shell/use-reason-text.ts";

const SHARES = { queued: 0.05, reading: 0.3, drawing: 0.65, storing: 0.95 } as const;

/** Why there is no picture yet: it is being drawn, or could not be. */
export function GraphStatus({ status, variantId }: { status: GraphViewStatus; variantId: string }) {
  const t = useTranslations("graph.status");
  const trpc = useTRPC();
  const client = useQueryClient();
  const sayError = useErrorText();
  const again = useMutation(
    trpc.models.redrawGraph.mutationOptions({
      onSettled: () => client.invalidateQueries(trpc.models.graphView.pathFilter()),
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
