"use client";
import type { ModelVersionView } from "@flotilla/contracts/views";
import { Card, EmptyState, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** What happened to the version, newest first. */
export function HistoryTab({ history }: { history: ModelVersionView["history"] }) {
  const t = useTranslations("models.history");
  const format = useFormat();
  if (history.length === 0) return <EmptyState title={t("empty")} />;
  const sentence = ({ kind, params }: ModelVersionView["history"][number]) => {
    const values = Object.fromEntries(Object.entries(params).map(([key, value]) => [key, value ?? "–"]));
    const size = typeof params["sizeBytes"] === "number" ? format.bytes(params["sizeBytes"]) : "";
    return t.has(`kinds.${kind}` as never) ? t(`kinds.${kind}` as never, { ...values, size } as never) : kind;
  };
  return (
    <Card title={t("title")}>
      <ol className="grid list-none gap-1.5 p-0">
        {history.map((entry, index) => (
          <li key={`${entry.at.getTime()}-${index}`} className="grid grid-cols-[150px_1fr] gap-3">
            <time dateTime={entry.at.toISOString()} className="text-faint" suppressHydrationWarning>
              {format.dateTime(entry.at)}
            </time>
            <span>
              {sentence(entry)}
              <span className="text-muted"> · {entry.actor}</span>
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
