"use client";
import { ErrorState } from "@flotilla/ui";
import { useTranslations } from "next-intl";

export default function PageError({ reset }: { error: Error; reset: () => void }) {
  const t = useTranslations("shell.states");
  return <ErrorState title={t("crashTitle")} message={t("crashText")} onRetry={reset} />;
}
