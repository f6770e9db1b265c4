"use client";
import { Field, NumberInput } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import type { GateChoice } from "./gate-choices.ts";

/** What a variant must keep. Empty switches a gate off. */
export function GateFields({ value, onChange, labelled }: { value: GateChoice; onChange: (value: GateChoice) => void; labelled: boolean }) {
  const t = useTranslations("jobs.gates");
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label={t("accuracyDrop")} hint={t(labelled ? "accuracyDropHint" : "accuracyDropNoLabels")}>
        <NumberInput
          unit="pp"
          min={0}
          disabled={!labelled}
          value={value.accuracyDrop}
          onValueChange={(accuracyDrop) => onChange({ ...value, accuracyDrop })}
        />
      </Field>
      <Field label={t("agreement")} hint={t("agreementHint")}>
        <NumberInput unit="%" min={0} max={100} value={value.agreement} onValueChange={(agreement) => onChange({ ...value, agreement })} />
      </Field>
      <Field label={t("latency")} hint={t("latencyHint")}>
        <NumberInput unit="%" min={-99} value={value.latency} onValueChange={(latency) => onChange({ ...value, latency })} />
      </Field>
      <Field label={t("integerKernels")} hint={t("integerKernelsHint")}>
        <NumberInput
          unit="%"
          min={0}
          max={100}
          value={value.integerKernels}
          onValueChange={(integerKernels) => onChange({ ...value, integerKernels })}
        />
      </Field>
    </div>
  );
}
