"use client";
import { useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { HEAT_STEPS, heatColour, type Times } from "./use-times.ts";

const SWATCH = 18;

/** What the colours of the picture mean while it shows times. */
export function HeatLegend({ times }: { times: Times }) {
  const t = useTranslations("graph.times");
  const format = useFormat();
  const steps = Array.from({ length: HEAT_STEPS + 1 }, (_, step) => step / HEAT_STEPS);
  return (
    <p data-testid="heat-legend" className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs">
      {t("legendFrom")}
      <svg width={steps.length * SWATCH} height={12} aria-hidden="true">
        {steps.map((heat, index) => (
          <rect
            key={heat}
            x={index * SWATCH}
            width={SWATCH}
            height={12}
            fill={heatColour(heat)}
            stroke="var(--line-input)"
            strokeWidth={0.5}
          />
        ))}
      </svg>
      {t("legendTo", { longest: format.ms(times.longest) })}
    </p>
  );
}
