"use client";
import type { JobView } from "@flotilla/contracts/views";
import { Button, ConfirmDialog } from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { isOpen } from "../jobs/job-states.ts";
import { useSession } from "../shell/session.tsx";

export interface SearchActionsProps {
  job: JobView;
  stopRequested: boolean;
  /** Candidates so far. */
  found: number;
}

/** Two ends before the end: with a verdict on what was found, or with nothing. Both say what they keep before they are confirmed. */
export function SearchActions({ job, stopRequested, found }: SearchActionsProps) {
  const t = useTranslations("search.actions");
  const trpc = useTRPC();
  const client = useQueryClient();
  const session = useSession();
  const [asking, setAsking] = useState<"stop" | "cancel" | null>(null);
  const options = { onSettled: () => client.invalidateQueries(trpc.jobs.pathFilter()) };
  const stop = useMutation(trpc.jobs.stopSearch.mutationOptions(options));
  const cancel = useMutation(trpc.jobs.cancel.mutationOptions(options));
  if (!session.can("job:write") || !isOpen(job.state)) return null;
  return (
    <>
      {job.state === "RUNNING" ? (
        <Button size="sm" disabled={stopRequested} onClick={() => setAsking("stop")}>
          {t(stopRequested ? "stopping" : "stop")}
        </Button>
      ) : null}
      <Button size="sm" onClick={() => setAsking("cancel")}>
        {t("cancel")}
      </Button>
      <ConfirmDialog
        open={asking === "stop"}
        onOpenChange={(open) => (open ? undefined : setAsking(null))}
        title={t("stopTitle")}
        reach={t("stopReach", { count: found })}
        confirmLabel={t("stopConfirm")}
        onConfirm={() => stop.mutateAsync({ id: job.id })}
      />
      <ConfirmDialog
        open={asking === "cancel"}
        onOpenChange={(open) => (open ? undefined : setAsking(null))}
        title={t("cancelTitle")}
        reach={t("cancelReach", { count: found })}
        confirmLabel={t("cancelConfirm")}
        danger
        onConfirm={() => cancel.mutateAsync({ id: job.id })}
      />
    </>
  );
}
