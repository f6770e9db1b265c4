"use client";
import { Checkbox, Field, Notice, NumberInput, Select } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { FormatFields } from "./format-fields.tsx";
import { isRewritten, problemOf, type RecipeChoice, type RecipeKey } from "./recipe-choices.ts";
import { StaticFields } from "./static-fields.tsx";

export interface RecipeFieldsProps {
  choice: RecipeChoice;
  onChange: (choice: RecipeChoice) => void;
  hasConvolutions: boolean;
  /** Open dimensions of the inputs. */
  dimensions: readonly string[];
}

/** Which recipes to run; those with options show them once they are ticked. */
export function RecipeFields({ choice, onChange, hasConvolutions, dimensions }: RecipeFieldsProps) {
  const t = useTranslations("jobs.optimise");
  const set = (change: Partial<RecipeChoice>) => onChange({ ...choice, ...change });
  const tick = (key: RecipeKey) => {
    const problem = problemOf(choice, key);
    return (
      <Checkbox
        label={t(key)}
        hint={problem === null ? t(`${key}Hint`) : t(`exportProblems.${problem}`)}
        disabled={problem !== null}
        checked={choice[key] && problem === null}
        onChange={(event) => set({ [key]: event.target.checked })}
      />
    );
  };
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-2 font-semibold">{t("recipes")}</legend>
      <FormatFields choice={choice} onChange={onChange} dimensions={dimensions} />
      {isRewritten(choice) ? tick("plain") : null}
      {tick("fp16")}
      {tick("dynamic")}
      {hasConvolutions && choice.format !== "tflite" ? (
        <Notice kind={choice.dynamic ? "warn" : "off"} live={choice.dynamic} className="ml-6">
          {t("dynamicSlow")}
        </Notice>
      ) : null}
      {tick("static")}
      {choice.static ? (
        <StaticFields options={choice.options} onChange={(options) => set({ options })} forTflite={choice.format === "tflite"} />
      ) : null}
      {tick("weightOnly")}
      {choice.weightOnly && choice.format !== "tflite" ? (
        <Options>
          <Field label={t("weightBits")} hint={t("weightBitsHint")}>
            <Select
              value={String(choice.weightBits)}
              onChange={(event) => set({ weightBits: event.target.value === "4" ? 4 : 8 })}
              options={["8", "4"].map((bits) => ({ value: bits, label: bits }))}
            />
          </Field>
        </Options>
      ) : null}
      {tick("cluster")}
      {choice.cluster ? (
        <Options>
          <Field label={t("clusters")} hint={t("clustersHint")}>
            <NumberInput
              min={2}
              max={256}
              step={1}
              value={choice.clusters}
              onValueChange={(value) => set({ clusters: within(value, 2, 256) })}
            />
          </Field>
        </Options>
      ) : null}
      {tick("mantissa")}
      {choice.mantissa ? (
        <Options>
          <Field label={t("mantissaBits")} hint={t("mantissaBitsHint")}>
            <NumberInput
              min={1}
              max={23}
              step={1}
              value={choice.mantissaBits}
              onValueChange={(value) => set({ mantissaBits: within(value, 1, 23) })}
            />
          </Field>
        </Options>
      ) : null}
    </fieldset>
  );
}

function Options({ children }: { children: ReactNode }) {
  return <div className="ml-6 grid gap-3 rounded-md border bg-sunken p-3 sm:grid-cols-2">{children}</div>;
}

function within(value: number | null, least: number, most: number): number {
  return Math.max(least, Math.min(most, Math.round(value ?? least)));
}
