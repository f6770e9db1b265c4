"use client";
import { Checkbox, Field, NumberInput } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { MOST_RETRIES, type OptionErrors, type OptionsDraft } from "./draft-options.ts";
import { DurationField } from "./duration-field.tsx";
import { PaceFields } from "./pace-fields.tsx";
import { WindowList } from "./window-fields.tsx";

export interface OptionFieldsProps {
  options: OptionsDraft;
  onChange: (options: OptionsDraft) => void;
  /** What is wrong, once somebody has tried to send it. */
  errors: OptionErrors;
  /** How often somebody has tried: each time the first field of the form that is wrong gets the focus. */
  attempts: number;
}

/** Everything that a rollout can be told besides what, where, in which steps and which gates. */
export function OptionFields({ options, onChange, errors, attempts }: OptionFieldsProps) {
  const t = useTranslations("rollouts.options");
  const fields = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (attempts > 0) fields.current?.closest("form")?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [attempts]);
  const set = (change: Partial<OptionsDraft>) => onChange({ ...options, ...change });
  const errorOf = (field: string) => {
    const key = errors[field];
    return key === undefined ? null : t(`errors.${key}`);
  };
  return (
    <div ref={fields} className="flex flex-col gap-5 pt-3">
      <PaceFields
        label={t("pace")}
        hint={t("fields.paceHint")}
        pace={options.pace}
        onChange={(pace) => set({ pace })}
        errorOf={(field) => errorOf(`pace.${field}`)}
      />
      <WindowList
        windows={options.windows}
        onChange={(windows) => set({ windows })}
        errorOf={({ key }, field) => errorOf(`windows.${key}.${field}`)}
      />
      <div className="flex flex-wrap items-start gap-x-6 gap-y-4">
        <DurationField
          label={t("timeout")}
          hint={t("fields.timeoutHint")}
          error={errorOf("deviceTimeoutSeconds")}
          seconds={options.deviceTimeoutSeconds}
          onChange={(deviceTimeoutSeconds) => set({ deviceTimeoutSeconds })}
          className="w-full sm:w-52"
        />
        <Retries options={options} set={set} errorOf={errorOf} />
      </div>
      <div className="flex flex-col gap-2">
        <Checkbox
          label={t("fields.join")}
          hint={t("fields.joinHint")}
          checked={options.joinNewDevices}
          onChange={({ target }) => set({ joinNewDevices: target.checked })}
        />
        <Checkbox
          label={t("fields.exclusive")}
          hint={t("fields.exclusiveHint")}
          checked={options.takesExclusiveDevices}
          onChange={({ target }) => set({ takesExclusiveDevices: target.checked })}
        />
      </div>
      <PaceFields
        label={t("revertPace")}
        hint={t("fields.revertPaceHint")}
        pace={options.revertPace}
        onChange={(revertPace) => set({ revertPace })}
        errorOf={(field) => errorOf(`revertPace.${field}`)}
      />
    </div>
  );
}

interface RetriesProps {
  options: OptionsDraft;
  set: (change: Partial<OptionsDraft>) => void;
  errorOf: (field: string) => string | null;
}

function Retries({ options, set, errorOf }: RetriesProps) {
  const t = useTranslations("rollouts.options");
  return (
    <>
      <Field label={t("retries")} hint={t("fields.retriesHint")} error={errorOf("retryLimit")} className="w-full sm:w-52">
        <NumberInput
          className="w-20"
          min={0}
          max={MOST_RETRIES}
          step={1}
          value={options.retryLimit}
          onValueChange={(retryLimit) => set({ retryLimit })}
        />
      </Field>
      {options.retryLimit === 0 ? null : (
        <DurationField
          label={t("fields.backoff")}
          hint={t("fields.backoffHint")}
          error={errorOf("backoffSeconds")}
          seconds={options.backoffSeconds}
          onChange={(backoffSeconds) => set({ backoffSeconds })}
          className="w-full sm:w-52"
        />
      )}
    </>
  );
}
