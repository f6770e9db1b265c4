"use client";
import { weekdays } from "@flotilla/contracts";
import { Button, Field, Input } from "@flotilla/ui";
import { Plus, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId } from "react";
import { newKey } from "../../shell/new-key.ts";
import { endsNextDay, MOST_WINDOWS, nightlyWindow, type WindowDraft } from "./draft-options.ts";
import { useDayNames } from "./use-day-names.ts";

export interface WindowListProps {
  windows: readonly WindowDraft[];
  onChange: (windows: readonly WindowDraft[]) => void;
  errorOf: (window: WindowDraft, field: "days" | "from" | "to") => string | null;
}

/** The hours in which a device may begin; none: at any time. */
export function WindowList({ windows, onChange, errorOf }: WindowListProps) {
  const t = useTranslations("rollouts.options.fields");
  return (
    <fieldset className="min-w-0">
      <legend className="font-medium text-sm">{t("windows")}</legend>
      <p className="text-muted text-xs">{windows.length === 0 ? t("noWindows") : t("windowsHint")}</p>
      <ol className="mt-2 flex list-none flex-col gap-3 p-0 empty:hidden">
        {windows.map((window, index) => (
          <WindowRow
            key={window.key}
            window={window}
            name={t("windowName", { n: index + 1 })}
            errorOf={(field) => errorOf(window, field)}
            onChange={(change) => onChange(windows.map((one) => (one.key === window.key ? { ...one, ...change } : one)))}
            onRemove={() => onChange(windows.filter(({ key }) => key !== window.key))}
          />
        ))}
      </ol>
      <Button
        size="sm"
        className="mt-2"
        icon={<Plus size={14} aria-hidden />}
        disabled={windows.length >= MOST_WINDOWS}
        onClick={() => onChange([...windows, nightlyWindow(newKey())])}
      >
        {t("addWindow")}
      </Button>
    </fieldset>
  );
}

interface WindowRowProps {
  window: WindowDraft;
  name: string;
  errorOf: (field: "days" | "from" | "to") => string | null;
  onChange: (change: Partial<WindowDraft>) => void;
  onRemove: () => void;
}

function WindowRow({ window, name, errorOf, onChange, onRemove }: WindowRowProps) {
  const t = useTranslations("rollouts.options.fields");
  return (
    <li className="rounded-md border bg-sunken p-3">
      <fieldset className="flex min-w-0 flex-wrap items-start gap-3">
        <legend className="sr-only">{name}</legend>
        <DayChoice days={window.days} onChange={(days) => onChange({ days })} error={errorOf("days")} />
        {(["from", "to"] as const).map((field) => (
          <Field
            key={field}
            label={t(field)}
            error={errorOf(field)}
            hint={field === "to" && endsNextDay(window) ? t("nextDay") : undefined}
            className="w-28"
          >
            <Input type="time" value={window[field]} onChange={(event) => onChange({ [field]: event.target.value })} />
          </Field>
        ))}
        <Button
          size="icon"
          variant="ghost"
          className="mt-6 ml-auto"
          aria-label={t("removeWindow", { name })}
          onClick={onRemove}
          icon={<Trash2 size={14} aria-hidden />}
        />
      </fieldset>
    </li>
  );
}

function DayChoice({
  days,
  onChange,
  error,
}: {
  days: WindowDraft["days"];
  onChange: (days: WindowDraft["days"]) => void;
  error: string | null;
}) {
  const t = useTranslations("rollouts.options.fields");
  const nameOf = useDayNames();
  const id = useId();
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 font-medium text-sm">{t("days")}</legend>
      <div className="flex flex-wrap gap-1">
        {weekdays.map((day) => (
          <label
            key={day}
            className="relative inline-flex h-8 min-w-9 items-center justify-center rounded-md border border-line-input bg-surface px-1 text-muted text-xs has-checked:border-accent has-checked:bg-accent-soft has-checked:font-medium has-checked:text-text has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="checkbox"
              className="absolute inset-0 size-full cursor-pointer opacity-0"
              aria-label={nameOf(day, "long")}
              aria-describedby={error === null ? undefined : id}
              aria-invalid={error !== null || undefined}
              checked={days.includes(day)}
              onChange={({ target }) => onChange(target.checked ? [...days, day] : days.filter((one) => one !== day))}
            />
            <span aria-hidden>{nameOf(day)}</span>
          </label>
        ))}
      </div>
      {error === null ? null : (
        <p id={id} role="alert" className="mt-1 text-bad text-xs">
          {error}
        </p>
      )}
    </fieldset>
  );
}
