"use client";
import { cn, NumberInput, Select } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useState } from "react";

const units = { seconds: 1, minutes: 60, hours: 3600 } as const;
type Unit = keyof typeof units;

export interface DurationInputProps {
  seconds: number | null;
  onChange: (seconds: number | null) => void;
  label: string;
  /** Ids of what says more about the number. */
  describedBy?: string | undefined;
  invalid?: boolean;
  className?: string;
}

/** A length of time as number and unit; the value is in seconds. */
export function DurationInput({ seconds, onChange, label, describedBy, invalid = false, className }: DurationInputProps) {
  const t = useTranslations("rollouts.new.stages");
  const [unit, setUnit] = useState<Unit>(() => unitFor(seconds));
  const factor = units[unit];
  return (
    <div className={cn("gap-1", className ?? "flex")}>
      <NumberInput
        aria-label={label}
        aria-describedby={describedBy}
        aria-invalid={invalid || undefined}
        min={0}
        value={seconds === null ? null : seconds / factor}
        onValueChange={(value) => onChange(value === null ? null : Math.max(0, Math.round(value * factor)))}
        className="w-20"
      />
      <Select
        aria-label={`${label}: ${t("unit")}`}
        className="w-16"
        value={unit}
        onChange={(event) => setUnit(event.target.value === "hours" ? "hours" : event.target.value === "minutes" ? "minutes" : "seconds")}
        options={[
          { value: "seconds", label: t("seconds") },
          { value: "minutes", label: t("minutes") },
          { value: "hours", label: t("hours") },
        ]}
      />
    </div>
  );
}

/** The largest unit that divides the time without a rest. */
function unitFor(seconds: number | null): Unit {
  if (seconds === null) return "minutes";
  if (seconds === 0) return "seconds";
  if (seconds % 3600 === 0) return "hours";
  return seconds % 60 === 0 ? "minutes" : "seconds";
}
