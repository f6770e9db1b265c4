"use client";
import type { ProbeResult } from "@flotilla/contracts";
import { Card, Facts, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** What the device measured on itself when it last started a release. */
export function LastProbe({ probe }: { probe: ProbeResult | null }) {
  const t = useTranslations("device.probe");
  const format = useFormat();
  if (probe === null) {
    return (
      <Card title={t("title")}>
        <p className="text-muted">{t("none")}</p>
      </Card>
    );
  }
  const against = (value: number, baseline: number | null, say: (value: number) => string) =>
    baseline === null || baseline === 0
      ? say(value)
      : t("against", { value: say(value), baseline: say(baseline), change: format.change(value / baseline - 1) });
  return (
    <Card title={t("title")}>
      <Facts
        items={[
          {
            label: t("agreement"),
            value:
              probe.goldenAgreement === null
                ? "–"
                : t("agreementOf", { share: format.percent(probe.goldenAgreement), count: probe.goldenCount }),
          },
          { label: t("p50"), value: format.ms(probe.latencyP50Ms) },
          { label: t("p95"), value: against(probe.latencyP95Ms, probe.baselineP95Ms, format.ms) },
          { label: t("memory"), value: against(probe.memoryBytes, probe.baselineMemoryBytes, format.bytes) },
        ]}
      />
    </Card>
  );
}
