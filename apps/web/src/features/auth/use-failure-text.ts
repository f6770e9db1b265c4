"use client";
import { useTranslations } from "next-intl";
import { useReasonText } from "../shell/use-reason-text.ts";
import type { CallFailure } from "./auth-calls.ts";

/** The sentence for a failed call that the form does not know better. */
export function useFailureText(): (failure: CallFailure) => string {
  const t = useTranslations("auth.errors");
  const say = useReasonText();
  return (failure) => {
    if (failure.status === 0) return t("unreachable");
    if (failure.status === 429) return t("tooMany");
    return say({ code: failure.code ?? "", message: failure.message });
  };
}
