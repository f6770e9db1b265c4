"use client";
import type { RolloutGates } from "@flotilla/contracts";
import type { RolloutView } from "@flotilla/contracts/views";
import { Card, Facts, useFormat } from "@flotilla/ui";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../trpc/client.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";
import { DecisionLog } from "./decision-log.tsx";
import { OptionPlan } from "./options/option-plan.tsx";
import { PreflightPanel } from "./preflight-panel.tsx";

/** A draft has no devices and no measurements yet: what would happen if it was started now, and what would have to hold. */
export function RolloutPlan({ rollout }: { rollout: RolloutView }) {
  const trpc = useTRPC();
  const say = useErrorText();
  const stages = rollout.stages.map((stage) => stage.spec);
  const { release, group, options } = rollout;
  const asked = { releaseId: release.id, groupId: group.id, takesExclusiveDevices: options.takesExclusiveDevices };
  const preflight = useQuery(trpc.rollouts.preflight.queryOptions({ ...asked, stages, pace: options.pace }));
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
      <PreflightPanel
        preflight={preflight.data}
        asked={asked}
        stages={stages}
        pending={preflight.isFetching}
        error={preflight.error === null ? null : say(preflight.error)}
      />
      <div className="grid gap-4">
        <GatePlan gates={rollout.gates} />
        <OptionPlan options={rollout.options} />
        <DecisionLog decisions={rollout.decisions} />
      </div>
    </div>
  );
}

function GatePlan({ gates }: { gates: RolloutGates }) {
  const t = useTranslations("rollouts");
  const format = useFormat();
  const atMost = (limit: number) => t("gates.limitAtMost", { limit: format.change(limit - 1) });
  const items = [
    ["failure-rate", gates.failureRateMax, (limit: number) => t("gates.limitAtMost", { limit: format.percent(limit) })],
    ["golden-agreement", gates.goldenAgreementMin, (limit: number) => t("gates.limitAtLeast", { limit: format.percent(limit) })],
    ["latency-p95", gates.latencyP95MaxRatio, atMost],
    ["memory", gates.memoryMaxRatio, atMost],
  ] as const;
  return (
    <Card title={t("new.gates.title")}>
      <Facts
        items={items.map(([gate, limit, word]) => ({
          label: t(`gates.${gate}.title`),
          value: limit === null ? <span className="text-muted">{t("gates.verdicts.off")}</span> : word(limit),
        }))}
      />
    </Card>
  );
}
