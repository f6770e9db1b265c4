"use client";
import type { Remaining } from "@flotilla/domain";
import { useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** "about 12 min left", or "at least" where devices or a person decide the rest. */
export function useRemainingText(): (remaining: Remaining) => string {
  const t = useTranslations("rollouts.remaining");
  const format = useFormat();
  return ({ seconds, atLeast }) => {
    if (seconds < 1) return t(atLeast ? "open" : "moments");
    return t(atLeast ? "atLeast" : "about", { time: format.duration(seconds) });
  };
}
