"use client";
import { cn, StateIcon, type StateKind } from "@flotilla/ui";
import { useTranslations } from "next-intl";

export type StepName = "hash" | "send" | "parse" | "convert" | "compare" | "check";

/** Ticks: what is done, what is going on, what is to come. */
export function UploadSteps({ steps }: { steps: { name: StepName; kind: StateKind }[] }) {
  const t = useTranslations("uploads.steps");
  return (
    <ol className="flex flex-wrap gap-x-4 gap-y-1" aria-label={t("label")}>
      {steps.map((step) => (
        <li key={step.name} className={cn("inline-flex items-center gap-1.5 text-xs", step.kind === "off" ? "text-muted" : "text-text")}>
          <StateIcon kind={step.kind} spin />
          {t(`${step.name}.${step.kind === "ok" ? "done" : step.kind === "bad" ? "failed" : step.kind === "busy" ? "doing" : "todo"}`)}
        </li>
      ))}
    </ol>
  );
}
