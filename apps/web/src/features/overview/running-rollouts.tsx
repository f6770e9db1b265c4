"use client";
import type { RolloutListItem } from "@flotilla/contracts/views";
import { AppLink, Card, Progress } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useSentence } from "../rollouts/use-sentence.ts";

/** The rollouts that are under way, and how far. */
export function RunningRollouts({ rollouts }: { rollouts: readonly RolloutListItem[] }) {
  const t = useTranslations("overview.running");
  const sentence = useSentence();
  if (rollouts.length === 0) return null;
  return (
    <Card title={t("title")} className="mt-4">
      <ul className="grid gap-4 md:grid-cols-2">
        {rollouts.map((rollout) => (
          <li key={rollout.id} className="min-w-0">
            <div className="mb-1 flex items-baseline justify-between gap-3">
              <AppLink href={`/rollouts/${rollout.id}`} className="truncate font-medium hover:underline">
                {rollout.name}
              </AppLink>
              <span className="shrink-0 text-muted text-xs">
                {t("progress", { done: rollout.succeededCount, count: rollout.deviceCount })}
                {rollout.failedCount > 0 && <span className="text-bad"> · {t("failed", { count: rollout.failedCount })}</span>}
              </span>
            </div>
            <Progress
              bare
              label={rollout.name}
              value={rollout.deviceCount === 0 ? 0 : rollout.succeededCount / rollout.deviceCount}
              kind={rollout.state === "HALTED" ? "bad" : rollout.state === "PAUSED" ? "warn" : "busy"}
            />
            {rollout.why !== null && <p className="mt-1 text-muted text-xs">{sentence(rollout.why)}</p>}
          </li>
        ))}
      </ul>
    </Card>
  );
}
