"use client";
import type { DeviceGates } from "@flotilla/contracts";
import { Field, NumberInput } from "@flotilla/ui";
import { useTranslations } from "next-intl";

const round = (value: number) => Math.round(value * 1000) / 1000;

/** What each device checks by itself after activation; empty switches a gate off. */
export function DeviceGateFields({ value, onChange }: { value: DeviceGates; onChange: (value: DeviceGates) => void }) {
  const t = useTranslations("releases.gates");
  const set = (change: Partial<DeviceGates>) => onChange({ ...value, ...change });
  const positive = (number: number | null, factor = 1) => (number === null || number <= 0 ? null : number * factor);
  const more = (ratio: number | null) => (ratio === null ? null : round((ratio - 1) * 100));
  const toRatio = (percent: number | null) => (percent === null || percent <= -100 ? null : 1 + percent / 100);
  return (
    <fieldset>
      <legend className="font-semibold">{t("title")}</legend>
      <p className="mb-2 text-muted text-xs">{t("hint")}</p>
      <div className="grid gap-3 sm:grid-cols-3">
        <Field label={t("agreement")} hint={t("agreementHint")}>
          <NumberInput
            unit="%"
            min={0}
            max={100}
            value={value.goldenAgreementMin === null ? null : round(value.goldenAgreementMin * 100)}
            onValueChange={(number) => set({ goldenAgreementMin: number === null ? null : Math.max(0, Math.min(100, number)) / 100 })}
          />
        </Field>
        <Field label={t("latency")} hint={t("absoluteHint")}>
          <NumberInput
            unit="ms"
            min={0}
            value={value.latencyP95MaxMs}
            onValueChange={(number) => set({ latencyP95MaxMs: positive(number) })}
          />
        </Field>
        <Field label={t("latencyRatio")} hint={t("ratioHint")}>
          <NumberInput
            unit="%"
            value={more(value.latencyP95MaxRatio)}
            onValueChange={(number) => set({ latencyP95MaxRatio: toRatio(number) })}
          />
        </Field>
        <Field label={t("memory")} hint={t("absoluteHint")}>
          <NumberInput
            unit="MB"
            min={0}
            value={value.memoryMaxBytes === null ? null : round(value.memoryMaxBytes / 1e6)}
            onValueChange={(number) => set({ memoryMaxBytes: number === null || number <= 0 ? null : Math.round(number * 1e6) })}
          />
        </Field>
        <Field label={t("memoryRatio")} hint={t("ratioHint")}>
          <NumberInput unit="%" value={more(value.memoryMaxRatio)} onValueChange={(number) => set({ memoryMaxRatio: toRatio(number) })} />
        </Field>
      </div>
    </fieldset>
  );
}
