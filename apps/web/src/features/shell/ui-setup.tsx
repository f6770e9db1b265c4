"use client";
import { Toaster, type UiLabels, UiProvider } from "@flotilla/ui";
import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { type ReactNode, useMemo } from "react";
import { ThemeProvider } from "../../theme/theme-provider.tsx";
import type { ThemeChoice } from "../../theme/theme.ts";
import { ChineseFont } from "./chinese-font.tsx";
import { useErrorText } from "./use-reason-text.ts";

/** Gives every page its words, formats, links, theme and toasts. */
export function UiSetup({ themeChoice, children }: { themeChoice: ThemeChoice; children: ReactNode }) {
  const locale = useLocale();
  const t = useTranslations("shell.ui");
  const sayError = useErrorText();
  const labels = useMemo<UiLabels>(
    () => ({
      close: t("close"),
      cancel: t("cancel"),
      copy: t("copy"),
      copied: t("copied"),
      retry: t("retry"),
      loading: t("loading"),
      clear: t("clear"),
      optional: t("optional"),
      breadcrumbs: t("breadcrumbs"),
      showDetails: t("showDetails"),
      showTable: t("showTable"),
      typeToConfirm: (word) => t("typeToConfirm", { word }),
      never: t("never"),
    }),
    [t],
  );
  return (
    <UiProvider locale={locale} labels={labels} link={Link} sayError={sayError}>
      <ThemeProvider initial={themeChoice}>
        {children}
        <Toaster theme={themeChoice} />
      </ThemeProvider>
      <ChineseFont />
    </UiProvider>
  );
}
