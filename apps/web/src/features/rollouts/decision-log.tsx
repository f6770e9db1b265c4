"use client";
import type { DecisionView } from "@flotilla/contracts/views";
import { Card, StateIcon, type StateKind, useFormat } from "@flotilla/ui";
import { ScrollRegion } from "@flotilla/ui/charts";
import { useTranslations } from "next-intl";
import { useSentence } from "./use-sentence.ts";

/** The sign beside a decision, by the words in its kind: kinds are additive, so an unknown one still gets a quiet mark. */
export function signOf(kind: string): StateKind {
  if (/halt|fail|roll(ed)?-?back|refus|timed|invalidated|reject|cannot/.test(kind)) return "bad";
  if (/pause|cancel|revert|unreached|supersed|late|void|draft/.test(kind)) return "warn";
  if (/complete|pass|succe|promot|approved/.test(kind)) return "ok";
  if (/start|resume|retry|soak|schedul|requested/.test(kind)) return "busy";
  return "off";
}

/** Every transition with its time, its reason and who or what caused it, newest first. */
export function DecisionLog({ decisions }: { decisions: readonly DecisionView[] }) {
  const t = useTranslations("rollouts.log");
  const format = useFormat();
  const sentence = useSentence();
  return (
    <Card title={t("title")} className="flex max-h-[640px] flex-col">
      {decisions.length === 0 ? <p className="text-muted">{t("empty")}</p> : null}
      <ScrollRegion label={t("title")} className="min-h-0 rounded">
        <ol className="m-0 grid list-none gap-1.5 p-0">
          {decisions.map((decision) => (
            <li key={decision.id} className="grid grid-cols-[64px_16px_1fr] gap-2" data-decision={decision.kind}>
              <time
                dateTime={decision.at.toISOString()}
                title={format.dateTime(decision.at)}
                className="text-faint"
                suppressHydrationWarning
              >
                {format.time(decision.at)}
              </time>
              <StateIcon kind={signOf(decision.kind)} className="mt-0.5" />
              <span className="min-w-0 break-words">
                {sentence(decision)}
                {decision.actor === "controller" ? null : <span className="text-muted"> · {decision.actor}</span>}
              </span>
            </li>
          ))}
        </ol>
      </ScrollRegion>
    </Card>
  );
}
