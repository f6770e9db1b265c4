"use client";
import { Field, Input, RadioGroup } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { browserTimeZone, type StartDraft, toLocalInput } from "./start-at.ts";

const HOUR_MS = 3_600_000;

/** At once, or at an hour in the browser's time zone, which is named. */
export function StartFields({
  start,
  onChange,
  error,
}: {
  start: StartDraft;
  onChange: (start: StartDraft) => void;
  error?: string | null;
}) {
  const t = useTranslations("rollouts.start");
  return (
    <div className="flex flex-col gap-3">
      <RadioGroup
        label={t("when")}
        value={start.mode}
        onValueChange={(mode) => onChange({ mode, local: start.local === "" ? toLocalInput(new Date(Date.now() + HOUR_MS)) : start.local })}
        options={[
          { value: "now", label: t("now") },
          { value: "at", label: t("at"), hint: t("atHint") },
        ]}
      />
      {start.mode === "at" ? <HourField start={start} onChange={onChange} error={error ?? null} /> : null}
    </div>
  );
}

/** The hour alone, for a start that is certain to be later. */
export function HourField({ start, onChange, error }: { start: StartDraft; onChange: (start: StartDraft) => void; error: string | null }) {
  const t = useTranslations("rollouts.start");
  return (
    <Field label={t("hour")} hint={t("zone", { zone: browserTimeZone() })} error={error} required>
      <Input
        type="datetime-local"
        className="w-60"
        value={start.local}
        onChange={(event) => onChange({ mode: "at", local: event.target.value })}
      />
    </Field>
  );
}
