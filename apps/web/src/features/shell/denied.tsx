"use client";
import { DeniedState } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** The page or the answer exists, but not for this role. */
export function Denied() {
  const t = useTranslations("shell.states");
  return <DeniedState title={t("deniedTitle")}>{t("deniedText")}</DeniedState>;
}
