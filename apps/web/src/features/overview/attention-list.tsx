"use client";
import type { OverviewView } from "@flotilla/contracts/views";
import { AppLink, Card, StateIcon, type StateKind } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useSentence } from "../rollouts/use-sentence.ts";
import { useReasonText } from "../shell/use-reason-text.ts";

type Attention = OverviewView["attention"][number];

const KINDS: Record<Attention["kind"], StateKind> = {
  "rollout-halted": "bad",
  "devices-pending": "warn",
  "devices-offline": "off",
  "devices-failed": "bad",
  "job-failed": "bad",
  security: "bad",
};

/** What waits for a person, by cause, each with the place where it is decided. */
export function AttentionList({ items }: { items: readonly Attention[] }) {
  const t = useTranslations("overview.attention");
  return (
    <Card title={t("title")} className="mt-4">
      {items.length === 0 ? (
        <p className="flex items-center gap-2 text-muted">
          <StateIcon kind="ok" />
          {t("none")}
        </p>
      ) : (
        <ul className="divide-y divide-line">
          {items.map((item) => (
            <AttentionRow key={`${item.kind}-${item.href}`} item={item} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function AttentionRow({ item }: { item: Attention }) {
  const t = useTranslations("overview.attention");
  const sentence = useSentence();
  const say = useReasonText();
  const count = item.params["count"];
  const params = { name: String(item.params["name"] ?? ""), count: typeof count === "number" ? count : Number(count ?? 1) };
  const why = item.decision !== undefined ? sentence(item.decision) : item.reason !== undefined ? say(item.reason) : "";
  return (
    <li className="flex items-start gap-3 py-2 first:pt-0 last:pb-0">
      <StateIcon kind={KINDS[item.kind]} size={16} className="mt-0.5" />
      <div className="min-w-0 flex-1">
        <div className="font-semibold">{t(`kinds.${item.kind}`, params)}</div>
        {why !== "" && <div className="text-muted">{why}</div>}
      </div>
      <AppLink href={item.href} className="text-link shrink-0">
        {t(`actions.${item.kind}`)}
      </AppLink>
    </li>
  );
}
