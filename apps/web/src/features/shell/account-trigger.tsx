"use client";
import { Button, type ButtonProps } from "@flotilla/ui";
import { CircleUserRound } from "lucide-react";
import { useTranslations } from "next-intl";

/** The button of the account menu, before and after the menu is loaded. */
export function AccountTrigger({ name, ...props }: ButtonProps & { name: string }) {
  const t = useTranslations("shell.account");
  return (
    <Button variant="ghost" size="icon" aria-haspopup="menu" aria-label={t("label", { name })} {...props}>
      <CircleUserRound size={18} aria-hidden />
    </Button>
  );
}
