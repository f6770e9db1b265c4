"use client";
import type { GraphView } from "@flotilla/contracts";
import type { DiffEntry } from "@flotilla/domain/graph";
import { useTranslations } from "next-intl";
import type { Ref } from "react";
import { DiffSign } from "./diff-legend.tsx";
import { useChangeTexts } from "./use-change-text.ts";

export interface DiffDetailsProps {
  entry: DiffEntry;
  source: GraphView;
  variant: GraphView;
  ref?: Ref<HTMLElement>;
}

/** What became of the node that is selected, on both sides at once. */
export function DiffDetails({ entry, source, variant, ref }: DiffDetailsProps) {
  const t = useTranslations("graph.diff");
  const texts = useChangeTexts();
  const changes = texts(entry, source, variant);
  const from = entry.source === null ? undefined : source.nodes[entry.source];
  const to = entry.variant === null ? undefined : variant.nodes[entry.variant];
  return (
    <section
      ref={ref}
      tabIndex={-1}
      aria-label={t("changesOf")}
      data-testid="diff-details"
      className="flex flex-wrap items-start gap-x-6 gap-y-2 rounded-md border bg-surface p-3 text-sm"
    >
      <div className="inline-flex items-center gap-2 font-semibold">
        <DiffSign status={entry.status} />
        {t(`statuses.${entry.status}`)}
      </div>
      <Side title={t("table.source")} op={from?.op} name={from?.name} />
      <Side title={t("table.variant")} op={to?.op} name={to?.name} />
      <div className="min-w-48 flex-1">
        <div className="text-muted text-xs">{t("table.changes")}</div>
        {changes.length === 0 ? t("changes.nothing") : changes.map((text) => <div key={text}>{text}</div>)}
      </div>
    </section>
  );
}

function Side({ title, op, name }: { title: string; op: string | undefined; name: string | undefined }) {
  const t = useTranslations("graph.diff.table");
  return (
    <div className="min-w-0 max-w-80">
      <div className="text-muted text-xs">{title}</div>
      {op === undefined ? (
        t("none")
      ) : (
        <>
          {op} <span className="break-all text-muted text-xs">{name}</span>
        </>
      )}
    </div>
  );
}
