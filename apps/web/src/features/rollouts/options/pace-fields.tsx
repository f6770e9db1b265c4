"use client";
import { Field, NumberInput, Select } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import type { PaceDraft } from "./draft-options.ts";
import { DurationField } from "./duration-field.tsx";

export interface PaceFieldsProps {
  label: string;
  hint?: string;
  pace: PaceDraft;
  onChange: (pace: PaceDraft) => void;
  /** The sentence for a field of the pace, null where nothing is wrong with it. */
  errorOf: (field: keyof PaceDraft) => string | null;
}

/** How many devices a minute: as many as can, always as many, or more and more. */
export function PaceFields({ label, hint, pace, onChange, errorOf }: PaceFieldsProps) {
  const t = useTranslations("rollouts.options.fields");
  const rate = (field: "perMinute" | "startPerMinute" | "maxPerMinute") => (
    <Field label={t(field)} error={errorOf(field)} className="w-28">
      <NumberInput min={1} step={1} value={pace[field]} onValueChange={(value) => onChange({ ...pace, [field]: value })} />
    </Field>
  );
  const kinds = ["none", "constant", "exponential"] as const;
  return (
    <fieldset className="flex min-w-0 flex-wrap items-start gap-3">
      <legend className="sr-only">{label}</legend>
      <Field label={label} hint={hint} className="w-full sm:w-56">
        <Select
          value={pace.kind}
          onChange={({ target }) => onChange({ ...pace, kind: kinds.find((kind) => kind === target.value) ?? "none" })}
          options={kinds.map((value) => ({ value, label: t(`kinds.${value}`) }))}
        />
      </Field>
      {pace.kind === "constant" ? rate("perMinute") : null}
      {pace.kind === "exponential" ? (
        <>
          {rate("startPerMinute")}
          <Field label={t("factor")} error={errorOf("factor")} className="w-20">
            <NumberInput min={1} max={10} value={pace.factor} onValueChange={(factor) => onChange({ ...pace, factor })} />
          </Field>
          <DurationField
            label={t("every")}
            error={errorOf("everySeconds")}
            seconds={pace.everySeconds}
            onChange={(everySeconds) => onChange({ ...pace, everySeconds })}
          />
          {rate("maxPerMinute")}
        </>
      ) : null}
    </fieldset>
  );
}
