"use client";
import { TARGET_PROFILES } from "@flotilla/contracts/profiles";
import { Field, NumberInput, RadioGroup, Select } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import type { GoalChoice, GoalErrors } from "./goal-choice.ts";
import { useProfileText } from "./use-profile-text.ts";

export interface GoalFieldsProps {
  choice: GoalChoice;
  onChange: (change: Partial<GoalChoice>) => void;
  errors: GoalErrors;
  /** The steering set has labels, so a loss of accuracy can be counted. */
  canCountLabels: boolean;
}

/** The target and its limits. An empty field is no limit. */
export function GoalFields({ choice, onChange, errors, canCountLabels }: GoalFieldsProps) {
  const t = useTranslations("search.form");
  const profile = useProfileText();
  const sayError = (field: "size" | "latencyMs" | "speedup") => (errors[field] === undefined ? undefined : t(`errors.${errors[field]}`));
  return (
    <>
      <Field label={t("profile")} hint={profile.description(choice.targetProfile)}>
        <Select
          value={choice.targetProfile}
          onChange={(event) => onChange({ targetProfile: event.target.value })}
          options={TARGET_PROFILES.map(({ id }) => ({ value: id, label: profile.name(id) }))}
        />
      </Field>
      <fieldset className="grid gap-3 sm:grid-cols-3">
        <legend className="mb-2 font-semibold">{t("limits")}</legend>
        <div className="flex items-start gap-2">
          <Field
            label={t("size")}
            hint={t("empty")}
            error={errors.form === undefined ? sayError("size") : t("errors.noLimit")}
            className="flex-1"
          >
            <NumberInput min={0} value={choice.size} onValueChange={(size) => onChange({ size })} />
          </Field>
          <Field label={t("unit")} hideLabel className="mt-6 w-20">
            <Select
              value={choice.sizeUnit}
              onChange={(event) => onChange({ sizeUnit: event.target.value === "MB" ? "MB" : "kB" })}
              options={[
                { value: "kB", label: "kB" },
                { value: "MB", label: "MB" },
              ]}
            />
          </Field>
        </div>
        <Field label={t("latency")} hint={t("latencyHint")} error={sayError("latencyMs")}>
          <NumberInput unit="ms" min={0} value={choice.latencyMs} onValueChange={(latencyMs) => onChange({ latencyMs })} />
        </Field>
        <Field label={t("speedup")} hint={t("speedupHint")} error={sayError("speedup")}>
          <NumberInput unit="×" min={0} value={choice.speedup} onValueChange={(speedup) => onChange({ speedup })} />
        </Field>
      </fieldset>
      <QualityFields choice={choice} onChange={onChange} errors={errors} canCountLabels={canCountLabels} />
    </>
  );
}

function QualityFields({ choice, onChange, errors, canCountLabels }: GoalFieldsProps) {
  const t = useTranslations("search.form");
  const isAgreement = choice.quality === "agreement";
  const accuracyError = errors.quality ?? errors.accuracyDropPoints;
  return (
    <div className="grid items-start gap-3 sm:grid-cols-[1fr_1fr]">
      <RadioGroup
        label={t("quality")}
        value={choice.quality}
        onValueChange={(quality) => onChange({ quality })}
        options={[
          { value: "agreement", label: t("byAgreement"), hint: t("byAgreementHint") },
          { value: "accuracy", label: t("byAccuracy"), hint: t(canCountLabels ? "byAccuracyHint" : "byAccuracyNoLabels") },
        ]}
      />
      {isAgreement ? (
        <Field label={t("agreement")} hint={t("empty")} error={errors.agreementPercent === undefined ? undefined : t("errors.notPercent")}>
          <NumberInput
            unit="%"
            min={0}
            max={100}
            value={choice.agreementPercent}
            onValueChange={(agreementPercent) => onChange({ agreementPercent })}
          />
        </Field>
      ) : (
        <Field label={t("accuracyDrop")} hint={t("empty")} error={accuracyError === undefined ? undefined : t(`errors.${accuracyError}`)}>
          <NumberInput
            unit="pp"
            min={0}
            max={100}
            value={choice.accuracyDropPoints}
            onValueChange={(accuracyDropPoints) => onChange({ accuracyDropPoints })}
          />
        </Field>
      )}
    </div>
  );
}
