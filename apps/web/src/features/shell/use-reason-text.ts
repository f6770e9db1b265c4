"use client";
import { useTranslations } from "next-intl";
import { useCallback } from "react";
import { ApiError } from "../../trpc/call-api.ts";

/** What went wrong, as the server says it: a stable code, and its sentence in English with the numbers. */
export interface Reason {
  code: string;
  message: string;
}

/** Says a reason in the page's language: in words by its code, with the server's sentence as the detail; by the sentence alone for an unknown code. */
export function useReasonText(): (reason: Reason) => string {
  const t = useTranslations("shell.reasons");
  return useCallback(({ code, message }: Reason) => (isKnown(t, code) ? t(code, { sentence: message }) : message), [t]);
}

/** The same for a failed call. One that never reached the server has no code: the browser's own words would say little, and in its language. */
export function useErrorText(): (error: unknown) => string {
  const t = useTranslations("shell.states");
  const say = useReasonText();
  return useCallback(
    (error: unknown) => {
      const code = codeOf(error);
      if (code === "" && (error instanceof ApiError || error instanceof TypeError)) return t("unreachable");
      return say({ code, message: error instanceof Error ? error.message : String(error) });
    },
    [t, say],
  );
}

type Translator = ReturnType<typeof useTranslations<"shell.reasons">>;

function isKnown(t: Translator, code: string): code is Parameters<Translator>[0] {
  return t.has(code as Parameters<Translator>[0]);
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("data" in error)) return "";
  const { data } = error;
  return typeof data === "object" && data !== null && "code" in data && typeof data.code === "string" ? data.code : "";
}
