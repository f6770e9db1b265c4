"use client";
import { EmptyState, ErrorState } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { httpStatusOf } from "../../trpc/query-client.ts";
import { Denied } from "./denied.tsx";
import { useErrorText } from "./use-reason-text.ts";

export interface QueryFailureProps {
  error: unknown;
  retrying: boolean;
  onRetry: () => void;
}

/** Why an answer did not come: not allowed, not there, or broken with a way to ask again. */
export function QueryFailure({ error, retrying, onRetry }: QueryFailureProps) {
  const t = useTranslations("shell.states");
  const status = httpStatusOf(error);
  const say = useErrorText();
  if (status === 403) return <Denied />;
  if (status === 404) return <EmptyState title={t("missingTitle")}>{t("missingText")}</EmptyState>;
  return (
    <ErrorState title={t("errorTitle")} message={status === null ? t("unreachable") : say(error)} onRetry={onRetry} retrying={retrying} />
  );
}
