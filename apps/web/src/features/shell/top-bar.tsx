"use client";
import { Button, Kbd } from "@flotilla/ui";
import { MenuIcon, Moon, Search, Sun } from "lucide-react";
import { useLocale, useTranslations } from "next-intl";
import { useSwitchLocale } from "../../i18n/use-switch-locale.ts";
import { useTheme } from "../../theme/theme-provider.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { TopCrumbs } from "./crumbs.tsx";
import { LiveBadge } from "./live-badge.tsx";

export interface TopBarProps {
  onOpenNav: () => void;
  onOpenCommands: () => void;
}

export function TopBar({ onOpenNav, onOpenCommands }: TopBarProps) {
  const t = useTranslations("shell");
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-b bg-bg px-3 md:px-6">
      <Button variant="ghost" size="icon" className="md:hidden" aria-label={t("nav.open")} onClick={onOpenNav}>
        <MenuIcon size={18} aria-hidden />
      </Button>
      <TopCrumbs />
      <div className="ml-auto flex shrink-0 items-center gap-1 sm:gap-2">
        <button
          type="button"
          onClick={onOpenCommands}
          aria-keyshortcuts="Meta+K Control+K"
          className="flex h-7 items-center gap-6 rounded-md border border-line-strong bg-surface px-2 text-muted hover:text-text max-sm:size-8 max-sm:justify-center max-sm:border-transparent max-sm:bg-transparent"
        >
          <span className="max-sm:sr-only">{t("command.open")}</span>
          <Search size={16} aria-hidden className="sm:hidden" />
          <span aria-hidden className="hidden sm:inline">
            <Kbd>⌘K</Kbd>
          </span>
        </button>
        <LiveBadge />
        <LanguageSwitch />
        <ThemeSwitch />
        <AccountMenu />
      </div>
    </header>
  );
}

/** One press to the other language, named in that language. */
function LanguageSwitch() {
  const locale = useLocale();
  const switchLocale = useSwitchLocale();
  const other = locale === "en" ? "zh-CN" : "en";
  return (
    <Button variant="ghost" size="sm" lang={other} className="max-sm:hidden" onClick={() => switchLocale(other)}>
      {other === "en" ? "English" : "中文"}
    </Button>
  );
}

/** Light to dark and back; "as the device" is in the account menu. */
function ThemeSwitch() {
  const t = useTranslations("shell.command");
  const { choose } = useTheme();
  return (
    <>
      <span className="max-sm:hidden dark:hidden">
        <Button variant="ghost" size="icon" aria-label={t("useDark")} title={t("useDark")} onClick={() => choose("dark")}>
          <Moon size={16} aria-hidden />
        </Button>
      </span>
      <span className="hidden sm:dark:inline">
        <Button variant="ghost" size="icon" aria-label={t("useLight")} title={t("useLight")} onClick={() => choose("light")}>
          <Sun size={16} aria-hidden />
        </Button>
      </span>
    </>
  );
}
