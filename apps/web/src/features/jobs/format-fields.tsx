"use client";
import { variantFormats } from "@flotilla/contracts";
import { Button, Field, Notice, NumberInput, RadioGroup, Select } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { applyPreset, presets, type RecipeChoice } from "./recipe-choices.ts";

const OPSETS = Array.from({ length: 15 }, (_, index) => String(21 - index));

export interface FormatFieldsProps {
  choice: RecipeChoice;
  onChange: (choice: RecipeChoice) => void;
  /** Dimensions of the inputs that are open and have a name. */
  dimensions: readonly string[];
}

/** In which format the variants come, and what that format has to be told. */
export function FormatFields({ choice, onChange, dimensions }: FormatFieldsProps) {
  const t = useTranslations("jobs.optimise");
  const tFormats = useTranslations("models.variantFormats");
  const sizeOf = (name: string, value: number | null) => {
    const { [name]: _, ...others } = choice.dimensions;
    onChange({ ...choice, dimensions: value === null || value < 1 ? others : { ...others, [name]: Math.min(65_536, Math.round(value)) } });
  };
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-muted text-xs">{t("presets")}</span>
        {presets.map((preset) => (
          <Button key={preset} size="sm" onClick={() => onChange(applyPreset(choice, preset))}>
            {t(`preset.${preset}`)}
          </Button>
        ))}
      </div>
      <RadioGroup
        label={t("format")}
        value={choice.format}
        onValueChange={(format) => onChange({ ...choice, format })}
        options={variantFormats.map((format) => ({ value: format, label: tFormats(format), hint: t(`formatHints.${format}`) }))}
      />
      {choice.format === "tflite" ? null : (
        <Field label={t("opset")} hint={t("opsetHint")} className="max-w-80">
          <Select
            value={String(choice.opset ?? "")}
            onChange={({ target: { value } }) => onChange({ ...choice, opset: value === "" ? null : Number(value) })}
            options={[{ value: "", label: t("opsetAsNeeded") }, ...OPSETS.map((opset) => ({ value: opset, label: opset }))]}
          />
        </Field>
      )}
      {choice.format === "tflite" && dimensions.length > 0 ? (
        <fieldset className="grid gap-3 rounded-md border bg-sunken p-3 sm:grid-cols-2">
          <legend className="sr-only">{t("dimensions")}</legend>
          <Notice kind="off" className="sm:col-span-2">
            {t("dimensionsHint")}
          </Notice>
          {dimensions.map((name) => (
            <Field key={name} label={t("dimension", { name })}>
              <NumberInput
                min={1}
                max={65_536}
                step={1}
                value={choice.dimensions[name] ?? null}
                onValueChange={(value) => sizeOf(name, value)}
              />
            </Field>
          ))}
        </fieldset>
      ) : null}
    </div>
  );
}
