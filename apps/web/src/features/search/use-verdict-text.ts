"use client";
import type { SearchCandidate, SearchFindings, Statement } from "@flotilla/contracts";
import type { SearchView } from "@flotilla/contracts/views";
import { useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { missedBy } from "./goal-limits.ts";
import { useRecipeText } from "./use-recipe-text.ts";

type Numbers = NonNullable<SearchCandidate["measured"]>;

/** The sentences of a search in the page's language, by code and numbers; of a code that is not known, the English sentence that came with it. */
export function useVerdictText() {
  const t = useTranslations("search.verdict");
  const format = useFormat();
  const sayRecipe = useRecipeText();
  const byHowMuch = (goal: SearchView["goal"], findings: SearchFindings, measured: Numbers): string =>
    format.list(
      missedBy(goal, findings.source, measured).map(({ measure, by }) => {
        if (by === null) return t("by.unknown");
        if (measure === "size") return t("by.size", { size: format.bytes(by) });
        if (measure === "latency") return t("by.latency", { time: format.ms(by) });
        return measure === "speedup"
          ? t("by.speedup", { times: format.number(by, 2) })
          : t("by.score", { points: format.number(100 * by, 1) });
      }),
    );

  const why = (goal: SearchView["goal"], findings: SearchFindings): string => {
    const { verdict } = findings;
    if (verdict === null) return "";
    const { code, params, sentence } = verdict.why;
    const candidate = verdict.candidate === null ? undefined : findings.candidates[verdict.candidate];
    const measured = candidate?.measured;
    if (code === "nothing-measured") return t("nothing-measured");
    if (candidate === undefined || measured === undefined || measured === null) return sentence;
    const what = sayRecipe(candidate.recipe);
    if (code === "smallest-that-meets" || code === "meets-barely")
      return t(code, {
        what,
        size: format.bytes(measured.sizeBytes),
        share: format.percent(measured.sizeBytes / findings.source.sizeBytes, 0),
        fast: measured.speedup === null ? "no" : "yes",
        speedup: format.number(measured.speedup ?? 0, 2),
        metric: findings.metric,
        score: format.percent(measured.score),
        samples: measured.samples,
      });
    const by = byHowMuch(goal, findings, measured);
    if (code === "nothing-meets") return t("nothing-meets", { what, by });
    if (code === "nothing-meets-because-layer")
      return t("nothing-meets-because-layer", { what, by, layer: String(params["layer"]), share: Number(params["share"]) });
    return sentence;
  };

  const warning = ({ code, params, sentence }: Statement): string => {
    if (code === "dynamic-left-out") return t("dynamic-left-out");
    if (code === "inputs-bound") return t("inputs-bound", { inputs: String(params["inputs"]) });
    if (code === "candidates-failed") return t("candidates-failed", { failures: Number(params["failures"]) });
    if (code === "smaller-not-faster") return t("smaller-not-faster", { speedup: format.number(Number(params["speedup"]), 2) });
    return sentence;
  };

  return { why, warning };
}
