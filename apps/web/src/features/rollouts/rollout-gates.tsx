"use client";
import type { GateReading, RolloutGateName } from "@flotilla/contracts";
import type { RolloutView } from "@flotilla/contracts/views";
import { type Format, useFormat } from "@flotilla/ui";
import { GateTile, type Tone } from "@flotilla/ui/charts";
import { useTranslations } from "next-intl";

const tones: Record<GateReading["verdict"], Tone> = { holds: "ok", fails: "bad", waiting: "busy", off: "off" };

/** How a gate's numbers are said: shares as they are, ratios as a change against the running release. */
function says(gate: RolloutGateName, format: Format): (value: number) => string {
  return gate === "failure-rate" || gate === "golden-agreement" ? (value) => format.percent(value) : (value) => format.change(value - 1);
}

/** One tile a gate that is on. */
export function RolloutGates({ rollout }: { rollout: RolloutView }) {
  const t = useTranslations("rollouts.gates");
  const format = useFormat();
  const readings = rollout.readings.filter((reading) => reading.verdict !== "off");
  if (readings.length === 0) return null;
  return (
    <div className="grid gap-4 [grid-template-columns:repeat(auto-fit,minmax(min(100%,15rem),1fr))]">
      {readings.map((reading) => {
        const say = says(reading.gate, format);
        const { interval, limit, sampleCount: samples, neededCount: needed } = reading;
        // A first installation replaces nothing: a ratio then has no value, and nothing "holds".
        const unmeasured = reading.verdict === "holds" && reading.value === null;
        const numbers = {
          samples,
          needed,
          low: interval === null ? "" : say(interval[0]),
          high: interval === null ? "" : say(interval[1]),
        };
        return (
          <GateTile
            key={reading.gate}
            title={t(`${reading.gate}.title`)}
            valueText={reading.value === null ? "–" : say(reading.value)}
            value={reading.value}
            interval={interval}
            limit={limit}
            limitText={limit === null ? "" : t(reading.gate === "golden-agreement" ? "limitAtLeast" : "limitAtMost", { limit: say(limit) })}
            tone={unmeasured ? "off" : tones[reading.verdict]}
            verdictText={t(unmeasured ? "verdicts.unmeasured" : `verdicts.${reading.verdict}`)}
            sentence={
              reading.verdict === "waiting" && samples < needed
                ? t("needsMore", numbers)
                : t(interval === null ? `${reading.gate}.sentence` : `${reading.gate}.sentenceInterval`, numbers)
            }
          />
        );
      })}
    </div>
  );
}
