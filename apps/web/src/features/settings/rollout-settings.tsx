"use client";
import { Card, ConfirmDialog, Notice, Skeleton, Switch } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { useSession } from "../shell/session.tsx";

/** Whether a rollout needs a second person. Asked about before it changes: it decides who may start anything. */
export function RolloutSettings() {
  const t = useTranslations("settings.rollouts");
  const trpc = useTRPC();
  const session = useSession();
  const client = useQueryClient();
  const policy = useQuery(trpc.settings.rolloutPolicy.queryOptions());
  const [wanted, setWanted] = useState<boolean | null>(null);
  const set = useMutation(
    trpc.settings.setRolloutPolicy.mutationOptions({ onSettled: () => client.invalidateQueries(trpc.settings.pathFilter()) }),
  );
  return (
    <Card title={t("title")} className="mt-4 max-w-xl">
      <QueryView query={policy} skeleton={<Skeleton className="h-12" />}>
        {({ secondPerson, approverCount }) => (
          <div className="flex flex-col gap-3">
            <Switch
              label={t("secondPerson")}
              hint={session.can("settings:write") ? t("secondPersonHint") : t("readOnly")}
              checked={secondPerson}
              disabled={!session.can("settings:write")}
              onCheckedChange={setWanted}
            />
            {secondPerson && approverCount < 2 ? <Notice kind="warn">{t("alone")}</Notice> : null}
            {wanted === null ? null : (
              <ConfirmDialog
                open
                onOpenChange={(open) => (open ? undefined : setWanted(null))}
                title={t(wanted ? "onTitle" : "offTitle")}
                reach={t(wanted ? "onReach" : "offReach", { count: approverCount })}
                confirmLabel={t(wanted ? "on" : "off")}
                onConfirm={() => set.mutateAsync({ secondPerson: wanted })}
              />
            )}
          </div>
        )}
      </QueryView>
    </Card>
  );
}
