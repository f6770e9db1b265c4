"use client";
import type { ValidationReport } from "@flotilla/contracts";
import type { VariantView } from "@flotilla/contracts/views";
import { Button, Card, StateIcon, useFormat } from "@flotilla/ui";
import { BarsBeforeAfter, type BeforeAfterRow } from "@flotilla/ui/charts";
import { useTranslations } from "next-intl";
import { useGateText } from "./use-gate-text.ts";

export interface VariantBarsProps {
  variant: VariantView;
  report: ValidationReport;
  /** Absent where the role may not release. */
  onRelease?: (id: string) => void;
}

/** What changed against the original, as bars; beside it, the gates with their sentences. */
export function VariantBars({ variant, report, onRelease }: VariantBarsProps) {
  const t = useTranslations("models.bars");
  const format = useFormat();
  const sayGate = useGateText();
  const row = (
    label: string,
    before: number,
    after: number,
    say: (value: number) => string,
    better: BeforeAfterRow["better"],
  ): BeforeAfterRow => ({
    label,
    before,
    after,
    format: say,
    better,
    change: before === 0 ? "–" : format.change(after / before - 1, 1),
  });
  const { peakMemoryBytes: memory, accuracy } = report;
  const rows = [
    row(t("size"), report.sizeBytes.source, report.sizeBytes.variant, format.bytes, "lower"),
    row(t("latency"), report.latency.source.p50Ms, report.latency.variant.p50Ms, format.ms, "lower"),
    ...(memory.source === null || memory.variant === null ? [] : [row(t("memory"), memory.source, memory.variant, format.bytes, "lower")]),
    ...(accuracy === null ? [] : [row(t("accuracy"), accuracy.source, accuracy.variant, (value) => format.percent(value, 2), "higher")]),
  ];
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Card>
        <BarsBeforeAfter
          title={t("title", { name: variant.name })}
          summary={t("summary", { samples: report.sampleCount, machine: report.machine, threads: report.latency.threads })}
          words={{ metric: t("metric"), before: t("before"), after: t("after"), change: t("change") }}
          rows={rows}
        />
        {variant.format === "tflite" ? <p className="mt-2 text-muted text-sm">{t("otherRuntime")}</p> : null}
      </Card>
      <Card title={t("gates")}>
        {variant.gates.length === 0 ? (
          <p className="text-muted">{t("noGates")}</p>
        ) : (
          <ul className="flex flex-col gap-2">
            {variant.gates.map((gate) => (
              <li key={gate.metric} className="flex gap-2">
                <StateIcon kind={gate.verdict === "pass" ? "ok" : gate.verdict === "fail" ? "bad" : "warn"} className="mt-0.5" />
                <span>
                  <span className="font-medium">{t(`metrics.${gate.metric}`)}</span>
                  <span className="text-muted"> · {t(`verdicts.${gate.verdict}`)}</span>
                  <span className="block text-muted">{sayGate(gate)}</span>
                </span>
              </li>
            ))}
          </ul>
        )}
        {onRelease === undefined ? null : (
          <Button className="mt-4" onClick={() => onRelease(variant.id)}>
            {t("release", { name: variant.name })}
          </Button>
        )}
      </Card>
    </div>
  );
}
