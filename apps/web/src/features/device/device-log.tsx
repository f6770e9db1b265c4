"use client";
import { Card, LogLines, Skeleton } from "@flotilla/ui";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";

/** The end of the agent's own log: what it warned of, as it reported it. */
export function DeviceLog({ id }: { id: string }) {
  const t = useTranslations("device.log");
  const trpc = useTRPC();
  const log = useQuery(trpc.devices.log.queryOptions({ id }));
  return (
    <Card title={t("title")} aside={t("aside")}>
      <QueryView query={log} skeleton={<Skeleton className="h-24" />}>
        {(lines) =>
          lines.length === 0 ? (
            <p className="text-muted">{t("empty")}</p>
          ) : (
            <LogLines label={t("title")} lines={lines} words={{ warning: t("warning"), error: t("error") }} />
          )
        }
      </QueryView>
    </Card>
  );
}
