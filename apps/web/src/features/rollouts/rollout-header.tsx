"use client";
import type { RolloutView } from "@flotilla/contracts/views";
import { estimateRemaining } from "@flotilla/domain";
import { AppLink, PageHeader, RelativeTime, StateChip, useNow } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { BeginButtons } from "./begin-buttons.tsx";
import { RolloutActions } from "./rollout-actions.tsx";
import { rolloutKind } from "./rollout-states.ts";
import { useRemainingText } from "./use-remaining-text.ts";
import { useSentence } from "./use-sentence.ts";

/** Name, state, the sentence that explains it, and what can be done about it. State changes are read out. */
export function RolloutHeader({ rollout }: { rollout: RolloutView }) {
  const t = useTranslations("rollouts");
  const sentence = useSentence();
  const remaining = estimateRemaining(rollout.state, rollout.stages, useNow());
  const remainingText = useRemainingText();
  const state = t(`states.${rollout.state}`);
  const why = rollout.why === null ? null : sentence(rollout.why);
  return (
    <>
      <PageHeader
        title={rollout.name}
        chips={<StateChip kind={rolloutKind[rollout.state]}>{state}</StateChip>}
        actions={
          <>
            <BeginButtons rollout={rollout} />
            <RolloutActions rollout={rollout} />
          </>
        }
      >
        {why === null ? null : <p className="max-w-[90ch]">{why}</p>}
        <p>
          {t.rich("page.from", {
            release: rollout.release.name,
            group: rollout.group.name,
            person: rollout.createdBy,
            // oxlint-disable-next-line react/no-unstable-nested-components -- a tag of the message, not a component
            model: (chunks) => (
              <AppLink href={`/models/${rollout.release.modelId}/versions/${rollout.release.modelVersionId}`} className="text-link">
                {chunks}
              </AppLink>
            ),
          })}
          {" · "}
          <RelativeTime at={rollout.startedAt ?? rollout.createdAt} />
          {remaining === null ? null : <span className="text-text"> · {remainingText(remaining)}</span>}
          {rollout.replaces.length === 0
            ? null
            : ` · ${t("page.replaces", { what: rollout.replaces.map((item) => t("page.replacesOne", { release: item.releaseName, count: item.deviceCount })).join(", ") })}`}
        </p>
      </PageHeader>
      <output className="sr-only" aria-live="polite" data-testid="rollout-announcement">
        {why === null ? state : `${state}: ${why}`}
      </output>
    </>
  );
}
