"use client";
import type { AttentionView } from "@flotilla/contracts/views";
import { AppLink, Card, RelativeTime, StateIcon, type StateKind } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { useCauseText } from "../devices/device-reasons.ts";
import { useSentence } from "../rollouts/use-sentence.ts";
import { useReasonText } from "../shell/use-reason-text.ts";

const KINDS: Record<AttentionView["kind"], StateKind> = {
  "rollout-halted": "bad",
  security: "bad",
  "devices-failed": "bad",
  "devices-warning": "warn",
  "devices-warm": "warn",
  "devices-pending": "warn",
  "job-failed": "bad",
  "devices-away": "off",
  "devices-offline": "off",
};

/** What waits for a person, by cause, each with the place where it is decided. */
export function AttentionList({ items }: { items: readonly AttentionView[] }) {
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
            <AttentionRow key={`${item.kind}-${item.reason?.code ?? ""}-${item.href}`} item={item} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function AttentionRow({ item }: { item: AttentionView }) {
  const t = useTranslations("overview.attention");
  const causeText = useCauseText();
  const { kind, count, reason, name } = item;
  const cause = (reason === null ? null : causeText(reason.code)) ?? "none";
  return (
    <li className="flex items-start gap-3 py-2 first:pt-0 last:pb-0" data-attention={kind}>
      <StateIcon kind={KINDS[kind]} size={16} className="mt-0.5" />
      <div className="min-w-0 flex-1">
        <div className="font-semibold">{t(`kinds.${kind}`, { name: name ?? "", count, cause })}</div>
        <Why item={item} />
        <Behind item={item} />
      </div>
      <AppLink href={item.href} className="text-link shrink-0">
        {t(`actions.${kind}`)}
      </AppLink>
    </li>
  );
}

/** The sentence: of the rollout's decision, or of the newest of the devices that share the cause. */
function Why({ item }: { item: AttentionView }) {
  const t = useTranslations("overview.attention");
  const sentence = useSentence();
  const sayReason = useReasonText();
  const { why, reason, devices, count } = item;
  if (why !== null) return <div className="text-muted">{sentence(why)}</div>;
  if (reason === null || reason.message === "") return null;
  const said = sayReason(reason);
  const [newest] = devices;
  return (
    <div className="text-muted">{count > 1 && newest !== undefined ? t("latest", { device: newest.name, sentence: said }) : said}</div>
  );
}

/** A tag of the message, not a component. */
function sinceWhen(at: Date) {
  return function when() {
    return <RelativeTime at={at} />;
  };
}

/** Who they are, as far as there is room, and since when they are away. */
function Behind({ item }: { item: AttentionView }) {
  const t = useTranslations("overview.attention");
  const { devices, count, since } = item;
  if (devices.length === 0) return null;
  const more = count - devices.length;
  const parts: { key: string; part: ReactNode }[] = devices.map(({ id, name }) => ({
    key: id,
    part: (
      <AppLink href={`/devices/${id}`} className="hover:underline">
        {name}
      </AppLink>
    ),
  }));
  if (more > 0) parts.push({ key: "more", part: t("more", { count: more }) });
  if (since !== null) parts.push({ key: "since", part: t.rich("seen", { when: sinceWhen(since) }) });
  return (
    <ul className="flex flex-wrap gap-x-2 text-muted text-xs">
      {parts.map(({ key, part }) => (
        <li key={key} className="min-h-6 content-center not-last:after:ml-2 not-last:after:text-faint not-last:after:content-['·']">
          {part}
        </li>
      ))}
    </ul>
  );
}
