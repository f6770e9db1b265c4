"use client";
import type { Decision } from "@flotilla/contracts";
import { useFormat } from "@flotilla/ui";
import { useLocale, useTranslations } from "next-intl";
import { sayInstant } from "./say-instant.ts";
import { browserTimeZone } from "./start-at.ts";
import { useReasonText } from "../shell/use-reason-text.ts";

/**
 * Says a decision in the page's language: by its kind and its numbers; by the stored English sentence where this build does not know
 * the kind yet, or a number that its sentence needs was not stored.
 */
export function useSentence(): (decision: Decision) => string {
  const t = useTranslations("rollouts.decisions");
  const format = useFormat();
  const locale = useLocale();
  const sayReason = useReasonText();
  return (decision) => {
    if (!t.has(decision.kind as never)) return decision.message;
    const values = Object.fromEntries(Object.entries(decision.params).map(([name, value]) => [name, sayable(value)]));
    const { seconds, at, timeZone, opensAt } = decision.params;
    const when = typeof at === "string" ? sayInstant(locale, at, typeof timeZone === "string" ? timeZone : "UTC") : "";
    const duration = typeof seconds === "number" ? format.duration(seconds) : "";
    const opens = typeof opensAt === "string" ? { opensAt: sayInstant(locale, opensAt, browserTimeZone()) } : {};
    const said = { ...values, ...reasonOf(decision.params, sayReason), ...opens, duration, when };
    return saidWhole(t(decision.kind as never, said as never)) ?? decision.message;
  };
}

/** A sentence in which every value had its place; null where one was missing: that reads as JavaScript's own words. */
export function saidWhole(sentence: string): string | null {
  return /\b(undefined|NaN)\b/.test(sentence) ? null : sentence;
}

/** A device's reason comes in English; its code gives it words in the page's language. */
function reasonOf(
  { code, reason }: Decision["params"],
  say: (reason: { code: string; message: string }) => string,
): { reason?: string | number } {
  return typeof code === "string" && typeof reason === "string" ? { reason: sayable(say({ code, message: reason })) } : {};
}

/** What a message can select on: `none` stands for "not known". A full stop at the end of a reason would stand double. */
function sayable(value: string | number | boolean | null): string | number {
  if (value === null) return "none";
  if (typeof value === "string") return value.replace(/\.\s*$/, "");
  return typeof value === "boolean" ? String(value) : value;
}
