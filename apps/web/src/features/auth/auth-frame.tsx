"use client";
import { Button } from "@flotilla/ui";
import { useLocale, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { useSwitchLocale } from "../../i18n/use-switch-locale.ts";
import { BrandMark } from "../shell/brand.tsx";

/** The frame around the pages that need no account. */
export function AuthFrame({ title, text, children }: { title: ReactNode; text?: ReactNode; children: ReactNode }) {
  const t = useTranslations("auth");
  const locale = useLocale();
  const switchLocale = useSwitchLocale();
  const other = locale === "en" ? "zh-CN" : "en";
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex items-center justify-between p-4">
        <span className="flex items-center gap-2 font-semibold text-lg">
          <BrandMark />
          Flotilla
        </span>
        <Button variant="ghost" size="sm" lang={other} onClick={() => switchLocale(other)}>
          {other === "en" ? "English" : "中文"}
        </Button>
      </header>
      <main className="mx-auto flex w-full max-w-sm flex-1 flex-col px-4 pt-[10vh] pb-16">
        <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
        {text !== undefined && <p className="mt-1 text-muted">{text}</p>}
        <div className="mt-6">{children}</div>
      </main>
      <footer className="p-4 text-center text-faint text-xs">{t("tagline")}</footer>
    </div>
  );
}
