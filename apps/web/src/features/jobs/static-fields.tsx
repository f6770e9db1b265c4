"use client";
import { Checkbox, Field, NumberInput, Select } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { observers, type StaticOptions } from "./recipe-choices.ts";

export interface StaticFieldsProps {
  options: StaticOptions;
  onChange: (options: StaticOptions) => void;
  /** Its kernels decide which integers there are: nothing is left to choose. */
  forTflite: boolean;
}

/** How static int8 finds its ranges and which integers it takes. */
export function StaticFields({ options, onChange, forTflite }: StaticFieldsProps) {
  const t = useTranslations("jobs.optimise");
  const set = (change: Partial<StaticOptions>) => onChange({ ...options, ...change });
  const isUnsigned = options.weights === "uint8";
  return (
    <div className="ml-6 grid gap-3 rounded-md border bg-sunken p-3 sm:grid-cols-2">
      <Field label={t("observer")} hint={t(`observerHints.${options.observer}`)}>
        <Select
          value={options.observer}
          onChange={(event) => set({ observer: observers.find((observer) => observer === event.target.value) ?? "min-max" })}
          options={observers.map((observer) => ({ value: observer, label: t(`observers.${observer}`) }))}
        />
      </Field>
      <Field label={t("samples")} hint={t("samplesHint")}>
        <NumberInput
          min={1}
          max={4096}
          step={1}
          value={options.calibrationSamples}
          onValueChange={(value) => set({ calibrationSamples: Math.max(1, Math.min(4096, Math.round(value ?? 1))) })}
        />
      </Field>
      <Field label={t("activations")} hint={t(forTflite ? "integersTflite" : "activationsHint")}>
        <Select
          disabled={forTflite}
          value={forTflite ? "int8" : options.activations}
          onChange={(event) => set({ activations: event.target.value === "int8" ? "int8" : "uint8" })}
          options={[
            { value: "uint8", label: "uint8" },
            { value: "int8", label: "int8" },
          ]}
        />
      </Field>
      <Field label={t("weights")} hint={t(forTflite ? "integersTflite" : "weightsHint")}>
        <Select
          disabled={forTflite}
          value={forTflite ? "int8" : options.weights}
          onChange={(event) => set({ weights: event.target.value === "uint8" ? "uint8" : "int8" })}
          options={[
            { value: "int8", label: "int8" },
            { value: "uint8", label: "uint8" },
          ]}
        />
      </Field>
      <Checkbox
        label={t("perChannel")}
        hint={t("perChannelHint")}
        checked={options.perChannel}
        onChange={(event) => set({ perChannel: event.target.checked })}
      />
      {forTflite ? null : (
        <Checkbox
          label={t("reduceRange")}
          hint={t(isUnsigned ? "reduceRangeUnsigned" : "reduceRangeHint")}
          disabled={isUnsigned}
          checked={options.reduceRange && !isUnsigned}
          onChange={(event) => set({ reduceRange: event.target.checked })}
        />
      )}
      <Checkbox
        label={t("correctBias")}
        hint={t("correctBiasHint")}
        checked={options.correctBias}
        onChange={(event) => set({ correctBias: event.target.checked })}
      />
      {forTflite ? null : (
        <Checkbox
          label={t("compact")}
          hint={t("compactHint")}
          checked={options.compact}
          onChange={(event) => set({ compact: event.target.checked })}
        />
      )}
    </div>
  );
}
