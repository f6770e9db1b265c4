"use client";
import type { SearchCandidate } from "@flotilla/contracts";
import { useTranslations } from "next-intl";

/** Why a candidate could not be built, in the page's language; of a reason that is not known, the English sentence that came with it. */
export function useFailureText(): (candidate: SearchCandidate) => string {
  const t = useTranslations("search.failures");
  return ({ failure, failureReason }) => {
    if (failureReason === undefined) return failure ?? "";
    const { code, params } = failureReason;
    const text = (name: string): string => String(params[name]);
    if (code === "NOTHING_TO_QUANTISE") return t(code, { method: text("method").replace("-", "_") });
    if (code === "BROKEN_WEIGHTS") return t(code, { node: text("node") });
    if (code === "NO_RANGE" || code === "RANGE_NOT_FINITE") return t(code, { value: text("value") });
    if (code === "NO_SAMPLES") return t(code);
    return failure ?? "";
  };
}
