import type { MaintenanceWindow, RolloutOptions, RolloutPace } from "@flotilla/contracts";
import { useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { daySpans } from "./day-spans.ts";
import { endsNextDay } from "./draft-options.ts";
import { useDayNames } from "./use-day-names.ts";

export interface OptionFact {
  key: "pace" | "windows" | "timeout" | "retries" | "join" | "exclusive" | "revertPace";
  label: string;
  text: string;
  /** Somebody chose it: it is not what a rollout does by itself. */
  chosen: boolean;
}

/** A rollout's options in words, in the order of the form. */
export function useOptionFacts(): (options: RolloutOptions) => OptionFact[] {
  const t = useTranslations("rollouts.options");
  const format = useFormat();
  const sayWindow = useWindowText();
  const sayPace = (pace: RolloutPace | null) => {
    if (pace === null) return t("says.asFast");
    if (pace.kind === "constant") return t("says.constant", { rate: pace.perMinute });
    const { startPerMinute, factor, everySeconds, maxPerMinute } = pace;
    return t("says.growing", { rate: startPerMinute, factor, every: format.duration(everySeconds), most: maxPerMinute });
  };
  return ({ pace, revertPace, windows, deviceTimeoutSeconds, retries, joinNewDevices, takesExclusiveDevices }) => {
    const facts: [OptionFact["key"], boolean, string][] = [
      ["pace", pace !== null, sayPace(pace)],
      ["windows", windows.length > 0, windows.length === 0 ? t("says.anyTime") : windows.map(sayWindow).join("; ")],
      [
        "timeout",
        deviceTimeoutSeconds !== null,
        deviceTimeoutSeconds === null ? t("says.stageDeadline") : format.duration(deviceTimeoutSeconds),
      ],
      ["retries", retries.limit > 0, t("says.retries", { limit: retries.limit, wait: format.duration(retries.backoffSeconds) })],
      ["join", joinNewDevices, t(joinNewDevices ? "says.yes" : "says.no")],
      ["exclusive", takesExclusiveDevices, t(takesExclusiveDevices ? "says.yes" : "says.no")],
      ["revertPace", revertPace !== null, sayPace(revertPace)],
    ];
    return facts.map(([key, chosen, text]) => ({ key, chosen, text, label: t(key) }));
  };
}

function useWindowText(): (window: MaintenanceWindow) => string {
  const t = useTranslations("rollouts.options.says");
  const format = useFormat();
  const nameOf = useDayNames();
  return ({ days, from, to }) => {
    const spans = daySpans(days).map((span) => span.map((day) => nameOf(day)).join("–"));
    const on = days.length === 7 ? t("everyDay") : format.list(spans);
    return t(endsNextDay({ from, to }) ? "windowOvernight" : "window", { days: on, from, to });
  };
}
