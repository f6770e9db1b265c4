"use client";
import type { Decision } from "@flotilla/contracts";
import { useLocale, useTranslations } from "next-intl";

/**
 * Says a decision in the page's language: by its kind and its numbers; by the stored English sentence where this build does not know
 * the kind yet, or the numbers that its sentence needs are not there.
 */
export function useSentence(): (decision: Decision) => string {
  const t = useTranslations("rollouts.decisions");
  const locale = useLocale();
  return (decision) => {
    // English is what the decision was written in, with its numbers in place: nothing is gained by saying it again.
    if (locale === "en" || !t.has(decision.kind as never)) return decision.message;
    const values = Object.fromEntries(Object.entries(decision.params).map(([name, value]) => [name, sayable(value)]));
    try {
      return t(decision.kind as never, values as never);
    } catch {
      return decision.message;
    }
  };
}

function sayable(value: string | number | boolean | null): string | number {
  if (value === null) return "–";
  return typeof value === "boolean" ? String(value) : value;
}
