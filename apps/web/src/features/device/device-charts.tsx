"use client";
import type { DeviceMetrics } from "@flotilla/contracts/views";
import { Card, cn, RadioGroup, Skeleton, useFormat } from "@flotilla/ui";
import { LineChart, type LineChartProps } from "@flotilla/ui/charts";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";

const WINDOWS = ["1", "24", "168"] as const;

/** Latency, memory and, where there is a sensor, temperature, with a mark wherever another release became active. */
export function DeviceCharts({ id }: { id: string }) {
  const t = useTranslations("device.charts");
  const trpc = useTRPC();
  const [hours, setHours] = useQueryState("hours", parseAsStringLiteral(WINDOWS).withDefault("24").withOptions({ history: "replace" }));
  const metrics = useQuery(trpc.devices.metrics.queryOptions({ id, hours: Number(hours) }, { placeholderData: keepPreviousData }));
  return (
    <div className="mt-4">
      <RadioGroup
        className="mb-2"
        label={t("window")}
        hideLabel
        layout="segmented"
        value={hours}
        onValueChange={(next) => void setHours(next)}
        options={WINDOWS.map((value) => ({ value, label: t(`hours.${value}`) }))}
      />
      <QueryView query={metrics} skeleton={<Skeleton className="h-60" />}>
        {(data) =>
          data.points.length === 0 ? (
            <Card>
              <p className="text-muted">{t("noPoints")}</p>
            </Card>
          ) : (
            <Charts metrics={data} />
          )
        }
      </QueryView>
    </div>
  );
}

function extent(values: readonly (number | null)[]): { min: number; max: number; last: number } | null {
  const known = values.filter((value) => value !== null);
  const last = known.at(-1);
  if (last === undefined) return null;
  return { min: known.reduce((a, b) => Math.min(a, b)), max: known.reduce((a, b) => Math.max(a, b)), last };
}

function Charts({ metrics }: { metrics: DeviceMetrics }) {
  const t = useTranslations("device.charts");
  const format = useFormat();
  const { points, releaseMarks } = metrics;
  const shared: Pick<LineChartProps, "times" | "marks" | "words" | "formatTime"> = {
    times: points.map((point) => point.at),
    marks: releaseMarks,
    words: { time: t("time") },
    formatTime: (at) => format.shortDateTime(at),
  };
  const say = (values: readonly (number | null)[], word: (value: number) => string) => {
    const known = extent(values);
    return known === null ? null : { min: word(known.min), max: word(known.max), last: word(known.last) };
  };
  const p95 = points.map((point) => point.latencyP95Ms);
  const memory = points.map((point) => point.memoryBytes);
  const warmth = points.map((point) => point.temperatureC);
  const latencyWords = say(p95, format.ms);
  const memoryWords = say(memory, format.bytes);
  const warmthWords = say(warmth, format.celsius);
  return (
    <div className={cn("grid gap-4", warmthWords === null ? "lg:grid-cols-2" : "lg:grid-cols-2 xl:grid-cols-3")}>
      {latencyWords !== null && (
        <Card>
          <LineChart
            {...shared}
            fromZero
            title={t("latency")}
            summary={t("latencySummary", latencyWords)}
            formatValue={format.ms}
            series={[
              { id: "p95", name: t("p95"), values: p95 },
              { id: "p50", name: t("p50"), values: points.map((point) => point.latencyP50Ms) },
            ]}
          />
        </Card>
      )}
      {memoryWords !== null && (
        <Card>
          <LineChart
            {...shared}
            fromZero
            title={t("memory")}
            summary={t(memoryWords.min === memoryWords.max ? "memorySteady" : "memorySummary", memoryWords)}
            formatValue={format.bytes}
            series={[{ id: "memory", name: t("memorySeries"), values: memory }]}
          />
        </Card>
      )}
      {warmthWords !== null && (
        <Card>
          <LineChart
            {...shared}
            title={t("temperature")}
            summary={t("temperatureSummary", warmthWords)}
            formatValue={format.celsius}
            series={[{ id: "temperature", name: t("temperatureSeries"), values: warmth }]}
          />
        </Card>
      )}
    </div>
  );
}
