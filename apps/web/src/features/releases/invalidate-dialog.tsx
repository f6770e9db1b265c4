"use client";
import type { ReleaseListItem } from "@flotilla/contracts/views";
import { AppLink, ConfirmDialog, Field, Skeleton, Textarea } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";

/** Marks a release as bad. Says first which rollouts stop and how many devices are touched; needs a reason. */
export function InvalidateDialog({ release, onClose }: { release: ReleaseListItem; onClose: () => void }) {
  const t = useTranslations("releases.invalidate");
  const trpc = useTRPC();
  const client = useQueryClient();
  const reach = useQuery(trpc.releases.invalidationReach.queryOptions({ id: release.id }, { staleTime: 0 }));
  const [reason, setReason] = useState("");
  const invalidate = useMutation(
    trpc.releases.invalidate.mutationOptions({
      onSettled: () =>
        Promise.all([
          client.invalidateQueries(trpc.releases.pathFilter()),
          client.invalidateQueries(trpc.rollouts.pathFilter()),
          client.invalidateQueries(trpc.models.version.pathFilter()),
        ]),
    }),
  );
  return (
    <ConfirmDialog
      open
      danger
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t("title", { name: release.name })}
      reach={
        reach.data === undefined ? (
          <Skeleton className="h-10" />
        ) : (
          t("reach", { rollouts: reach.data.rollouts.length, notBegun: reach.data.notBegun, runsOn: reach.data.runsOn })
        )
      }
      confirmLabel={t("confirm")}
      onConfirm={async () => {
        if (reason.trim() === "") throw new Error(t("reasonMissing"));
        await invalidate.mutateAsync({ id: release.id, reason });
      }}
    >
      <div className="flex flex-col gap-3">
        {reach.data === undefined || reach.data.rollouts.length === 0 ? null : (
          <ul className="list-disc pl-4">
            {reach.data.rollouts.map(({ id, name }) => (
              <li key={id}>
                <AppLink href={`/rollouts/${id}`} className="text-link">
                  {name}
                </AppLink>
              </li>
            ))}
          </ul>
        )}
        <Field label={t("reason")} hint={t("reasonHint")} required>
          <Textarea rows={2} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
        <p className="text-muted text-xs">{t("forGood")}</p>
      </div>
    </ConfirmDialog>
  );
}
