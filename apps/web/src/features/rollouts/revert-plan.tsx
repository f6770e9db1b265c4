"use client";
import type { RolloutView } from "@flotilla/contracts/views";
import { useTranslations } from "next-intl";
import { useOptionFacts } from "./options/use-option-facts.ts";

/** What a revert does after it is confirmed: the stages that began, in their order, at the revert's own pace. */
export function RevertPlan({ rollout }: { rollout: RolloutView }) {
  const t = useTranslations("rollouts.actions.revert");
  const sayOptions = useOptionFacts();
  const begun = rollout.stages.filter(({ startedAt }) => startedAt !== null);
  const pace = sayOptions(rollout.options).find(({ key }) => key === "revertPace")?.text ?? "";
  return (
    <div data-testid="revert-plan">
      <p>{t("stages", { count: begun.length, pace })}</p>
      {begun.length < 2 ? null : (
        <ol className="mt-1 list-decimal pl-5">
          {begun.map(({ index, spec, deviceCount }) => (
            <li key={index}>{t("stage", { name: spec.name, count: deviceCount })}</li>
          ))}
        </ol>
      )}
    </div>
  );
}
