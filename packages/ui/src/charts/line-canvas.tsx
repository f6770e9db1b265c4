/* oxlint-disable jsx-a11y/prefer-tag-over-role -- a canvas takes the place of the input */
"use client";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useUi } from "../lib/ui-provider.tsx";
import type { LineChartProps } from "./line-chart.tsx";
import { timeRange } from "./time-range.ts";
import { timeTicks } from "./time-ticks.ts";
import { useTheme } from "./use-theme.ts";
import { useWidth } from "./use-width.ts";

const strokes = ["--accent", "--ok", "--warn", "--bad", "--muted"];

/** The canvas of LineChart: drawn anew when the data, the width or the theme changes. */
export default function LineCanvas(props: LineChartProps & { height: number }) {
  const { title, summary, times, series, formatTime, formatValue, height } = props;
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot | null>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const width = useWidth(box);
  const theme = useTheme();
  const { locale, timeZone } = useUi();
  const fonts = useFontLoads();

  useEffect(() => {
    const element = box.current;
    if (element === null || width === 0) return undefined;
    const plot = new UPlot(
      optionsOf(props, width, readColours(element), timeTicks(locale, timeZone), getComputedStyle(element).fontFamily),
      dataOf(props),
      element,
    );
    chart.current = plot;
    return () => {
      chart.current = null;
      plot.destroy();
    };
    // The whole props object changes on every render; what is drawn depends only on these.
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- see above
  }, [times, series, props.marks, width, theme, height, locale, timeZone, fonts]);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0 || times.length === 0) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(times.length - 1, (cursor ?? (step > 0 ? -1 : times.length)) + step));
    setCursor(next);
    const plot = chart.current;
    if (plot !== null) plot.setCursor({ left: plot.valToPos((times[next]?.getTime() ?? 0) / 1000, "x"), top: 10 });
  };
  const at = cursor === null ? undefined : times[cursor];
  const reading =
    at === undefined || cursor === null
      ? ""
      : `${formatTime(at)}: ${series.map((item) => readingOf(item.name, item.values[cursor], formatValue)).join(", ")}`;

  return (
    <div>
      {/* A picture that takes the keyboard: the slider role is what lets arrows move along it and its value be read out. */}
      <div
        ref={box}
        role="slider"
        tabIndex={0}
        aria-label={`${title} ${summary}`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, times.length - 1)}
        aria-valuenow={cursor ?? 0}
        aria-valuetext={reading === "" ? summary : reading}
        onKeyDown={onKeyDown}
        className="focus-visible:outline-accent rounded focus-visible:outline-2"
        style={{ height }}
      />
      <p aria-hidden="true" className="text-muted m-0 min-h-5 text-xs tabular-nums">
        {reading}
      </p>
    </div>
  );
}

function readingOf(name: string, value: number | null | undefined, format: (value: number) => string): string {
  return `${name} ${value === null || value === undefined ? "–" : format(value)}`;
}

function dataOf({ times, series }: LineChartProps): UPlot.AlignedData {
  return [times.map((time) => time.getTime() / 1000), ...series.map((item) => item.values)];
}

function optionsOf(
  props: LineChartProps & { height: number },
  width: number,
  colours: (name: string) => string,
  sayTimes: ReturnType<typeof timeTicks>,
  fontFamily: string,
): UPlot.Options {
  const axis = {
    stroke: colours("--muted"),
    grid: { stroke: colours("--line"), width: 1 },
    ticks: { show: false },
    font: `11px ${fontFamily}`,
  };
  return {
    width,
    height: props.height,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 7 } },
    series: [
      {},
      ...props.series.map((item, index) => ({
        label: item.name,
        stroke: colours(strokes[index % strokes.length] ?? "--accent"),
        width: 1.5,
        ...(index % 2 === 1 ? { dash: [4, 3] } : {}),
      })),
    ],
    scales: {
      x: { range: () => timeRange(props.times, new Date()) },
      ...(props.fromZero === true
        ? { y: { range: (_plot: UPlot, _low: number, high: number): [number, number] => [0, high * 1.1 || 1] } }
        : {}),
    },
    axes: [
      {
        ...axis,
        size: 28,
        space: 72,
        values: (_plot: UPlot, ticks: number[], _axis: number, _space: number, step: number) => sayTimes(ticks, step),
      },
      { ...axis, size: 64, values: (_: UPlot, ticks: number[]) => ticks.map((tick) => props.formatValue(tick)) },
    ],
    hooks: { draw: [(plot: UPlot) => drawMarks(plot, props.marks ?? [], colours)] },
  };
}

/** Dashed verticals with their label: when a release became active. */
function drawMarks(plot: UPlot, marks: readonly { at: Date; label: string }[], colours: (name: string) => string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colours("--text");
  ctx.fillStyle = colours("--muted");
  ctx.setLineDash([3, 3]);
  for (const mark of marks) {
    const x = plot.valToPos(mark.at.getTime() / 1000, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const atRight = x > bbox.left + bbox.width * 0.6;
    ctx.textAlign = atRight ? "right" : "left";
    ctx.fillText(mark.label, atRight ? x - 4 : x + 4, bbox.top + 12);
  }
  ctx.restore();
}

function readColours(element: HTMLElement): (name: string) => string {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(name).trim() || "currentColor";
}

/** Counts the fonts that came late: words on a canvas stay in the font that they were drawn with. */
function useFontLoads(): number {
  const [loads, setLoads] = useState(0);
  useEffect(() => {
    const count = () => setLoads((before) => before + 1);
    document.fonts.addEventListener("loadingdone", count);
    return () => document.fonts.removeEventListener("loadingdone", count);
  }, []);
  return loads;
}
