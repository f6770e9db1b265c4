"use client";
import { MenuItem, MenuRadioGroup, MenuSeparator, toast } from "@flotilla/ui";
import { useQueryClient } from "@tanstack/react-query";
import { LogOut, Settings2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { isLocale, type Locale, locales } from "../../i18n/locales.ts";
import { useSwitchLocale } from "../../i18n/use-switch-locale.ts";
import { useTheme } from "../../theme/theme-provider.tsx";
import { type ThemeChoice, themeChoices } from "../../theme/theme.ts";
import { signOut } from "../auth/auth-calls.ts";
import { useFailureText } from "../auth/use-failure-text.ts";
import { useSession } from "./session.tsx";

/** Who is signed in, how the dashboard looks to them, and the way out: loaded when the menu is. */
export function AccountMenuItems() {
  const t = useTranslations("shell");
  const failureText = useFailureText();
  const session = useSession();
  const router = useRouter();
  const queryClient = useQueryClient();
  const leave = async () => {
    const failure = await signOut();
    if (failure !== null) {
      toast.error(t("account.signOutFailed", { reason: failureText(failure) }));
      return;
    }
    queryClient.clear();
    router.replace("/sign-in");
    router.refresh();
  };
  return (
    <>
      <div className="px-2 py-1.5">
        <div className="font-medium">{session.user.name}</div>
        <div className="text-muted text-xs">{session.user.email}</div>
        <div className="text-muted text-xs">
          {session.organisation.name} · {t(`roles.${session.role}`)}
        </div>
      </div>
      <MenuSeparator />
      <MenuItem href="/settings" icon={<Settings2 size={14} aria-hidden />}>
        {t("nav.settings")}
      </MenuItem>
      <MenuSeparator />
      <LanguageChoice />
      <ThemeChoiceMenu />
      <MenuSeparator />
      <MenuItem onSelect={() => void leave()} icon={<LogOut size={14} aria-hidden />}>
        {t("account.signOut")}
      </MenuItem>
    </>
  );
}

function LanguageChoice() {
  const t = useTranslations("shell.language");
  const locale = useLocale();
  const switchLocale = useSwitchLocale();
  return (
    <MenuRadioGroup<Locale>
      label={t("label")}
      value={isLocale(locale) ? locale : "en"}
      onValueChange={switchLocale}
      options={locales.map((value) => ({ value, label: t(value) }))}
    />
  );
}

function ThemeChoiceMenu() {
  const t = useTranslations("shell.theme");
  const { choice, choose } = useTheme();
  return (
    <MenuRadioGroup<ThemeChoice>
      label={t("label")}
      value={choice}
      onValueChange={choose}
      options={themeChoices.map((value) => ({ value, label: t(value) }))}
    />
  );
}
