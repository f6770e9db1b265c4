"use client";
import { NumberInput, Select } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useState } from "react";

const units = { seconds: 1, minutes: 60, hours: 3600 } as const;
type Unit = keyof typeof units;

/** A length of time as number and unit; the value is in seconds. */
export function DurationInput({
  seconds,
  onChange,
  label,
}: {
  seconds: number | null;
  onChange: (seconds: number | null) => void;
  label: string;
}) {
  const t = useTranslations("rollouts.new.stages");
  const [unit, setUnit] = useState<Unit>(() => unitFor(seconds));
  const factor = units[unit];
  return (
    <div className="flex gap-1">
      <NumberInput
        aria-label={label}
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
  if (seconds === null || seconds === 0) return "seconds";
  if (seconds % 3600 === 0) return "hours";
  return seconds % 60 === 0 ? "minutes" : "seconds";
}
