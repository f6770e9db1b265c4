"use client";
import type { RolloutOptions } from "@flotilla/contracts";
import { Card, Facts } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useOptionFacts } from "./use-option-facts.ts";

/** How a rollout that has not begun will go about it: everything, with what nobody chose in a quiet colour. */
export function OptionPlan({ options }: { options: RolloutOptions }) {
  const t = useTranslations("rollouts.options");
  const say = useOptionFacts();
  return (
    <Card title={t("title")} data-testid="option-plan">
      <Facts
        items={say(options).map(({ label, text, chosen }) => ({
          label,
          value: chosen ? text : <span className="text-muted">{text}</span>,
        }))}
      />
    </Card>
  );
}

/** Of a rollout that has begun, what somebody chose: a line a choice; nothing where nobody did. */
export function ChosenOptions({ options }: { options: RolloutOptions }) {
  const say = useOptionFacts();
  const chosen = say(options).filter((fact) => fact.chosen);
  if (chosen.length === 0) return null;
  return (
    <ul className="mt-3 flex flex-wrap gap-x-4 gap-y-1 border-line border-t pt-3 text-xs" data-testid="chosen-options">
      {chosen.map(({ key, label, text }) => (
        <li key={key}>
          <span className="text-muted">{label}</span> {text}
        </li>
      ))}
    </ul>
  );
}
