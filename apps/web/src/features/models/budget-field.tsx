"use client";
import { Field, NumberInput } from "@flotilla/ui";
import { useTranslations } from "next-intl";

export interface BudgetFieldProps {
  label: string;
  unit: string;
  /** null: no limit. */
  value: number | null;
  onChange: (value: number | null) => void;
  /** `most`: what is above falls out, and the right end is no limit; `least` the other way round. */
  kind: "most" | "least";
  /** The slider's ends: the span of what was measured. */
  from: number;
  to: number;
  step: number;
}

/** A limit that can be typed and pulled. Both are the platform's own: arrows, Home and End work. */
export function BudgetField({ label, unit, value, onChange, kind, from, to, step }: BudgetFieldProps) {
  const t = useTranslations("models.plot");
  const open = kind === "most" ? to : from;
  const shown = Math.min(to, Math.max(from, value ?? open));
  return (
    <div className="flex w-40 flex-col gap-1">
      <Field label={label}>
        <NumberInput unit={unit} min={0} placeholder={t("noLimit")} value={value} onValueChange={onChange} />
      </Field>
      <input
        type="range"
        aria-label={t("slider", { label })}
        aria-valuetext={value === null ? t("noLimit") : `${value} ${unit}`}
        min={from}
        max={to}
        step={step}
        value={shown}
        onChange={(event) => {
          const next = Number(event.target.value);
          onChange(next === open ? null : next);
        }}
        className="h-6 w-full accent-accent"
      />
    </div>
  );
}
