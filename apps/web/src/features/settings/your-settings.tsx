"use client";
import { Card, RadioGroup } from "@flotilla/ui";
import { useLocale, useTranslations } from "next-intl";
import { isLocale, type Locale, locales } from "../../i18n/locales.ts";
import { useSwitchLocale } from "../../i18n/use-switch-locale.ts";
import { useTheme } from "../../theme/theme-provider.tsx";
import { type ThemeChoice, themeChoices } from "../../theme/theme.ts";

export function YourSettings() {
  const t = useTranslations("settings.you");
  const languages = useTranslations("shell.language");
  const themes = useTranslations("shell.theme");
  const locale = useLocale();
  const switchLocale = useSwitchLocale();
  const { choice, choose } = useTheme();
  return (
    <Card title={t("title")} className="max-w-xl">
      <p className="-mt-2 mb-4 text-muted">{t("text")}</p>
      <div className="flex flex-col gap-4">
        <RadioGroup<Locale>
          label={t("language")}
          layout="inline"
          value={isLocale(locale) ? locale : "en"}
          onValueChange={switchLocale}
          options={locales.map((value) => ({ value, label: languages(value) }))}
        />
        <RadioGroup<ThemeChoice>
          label={t("theme")}
          layout="inline"
          value={choice}
          onValueChange={choose}
          options={themeChoices.map((value) => ({ value, label: themes(value) }))}
        />
      </div>
    </Card>
  );
}
