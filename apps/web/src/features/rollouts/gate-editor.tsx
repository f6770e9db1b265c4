"use client";
import type { RolloutGates } from "@flotilla/contracts";
import { Card, Field, NumberInput } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** Gates in the units of a sentence: percent, "% more". Empty switches one off. */
export function GateEditor({ gates, onChange }: { gates: RolloutGates; onChange: (gates: RolloutGates) => void }) {
  const t = useTranslations("rollouts.new.gates");
  const share = (value: number | null) => (value === null ? null : round(value * 100));
  const ratio = (value: number | null) => (value === null ? null : round((value - 1) * 100));
  const set = (change: Partial<RolloutGates>) => onChange({ ...gates, ...change });
  return (
    <Card title={t("title")} aside={t("hint")}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t("failureRate")} hint={t("failureRateHint")}>
          <NumberInput
            unit="%"
            min={0}
            max={100}
            value={share(gates.failureRateMax)}
            onValueChange={(value) => set({ failureRateMax: value === null ? null : clamp(value, 0, 100) / 100 })}
          />
        </Field>
        <Field label={t("minimumSample")} hint={t("minimumSampleHint")}>
          <NumberInput
            min={1}
            step={1}
            value={gates.minimumSample}
            onValueChange={(value) => set({ minimumSample: Math.max(1, Math.round(value ?? 1)) })}
          />
        </Field>
        <Field label={t("agreement")} hint={t("agreementHint")}>
          <NumberInput
            unit="%"
            min={0}
            max={100}
            value={share(gates.goldenAgreementMin)}
            onValueChange={(value) => set({ goldenAgreementMin: value === null ? null : clamp(value, 0, 100) / 100 })}
          />
        </Field>
        <Field label={t("latency")} hint={t("latencyHint")}>
          <NumberInput
            min={-99}
            value={ratio(gates.latencyP95MaxRatio)}
            onValueChange={(value) => set({ latencyP95MaxRatio: value === null ? null : 1 + Math.max(-99, value) / 100 })}
            unit="%"
          />
        </Field>
        <Field label={t("memory")} hint={t("memoryHint")}>
          <NumberInput
            min={-99}
            value={ratio(gates.memoryMaxRatio)}
            onValueChange={(value) => set({ memoryMaxRatio: value === null ? null : 1 + Math.max(-99, value) / 100 })}
            unit="%"
          />
        </Field>
      </div>
    </Card>
  );
}

/** Away with the rest of a binary fraction: 1.1 − 1 is not 0.1. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
