"use client";
import { SideSheet } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { Rail } from "./rail.tsx";

/** The navigation of a narrow screen. */
export function NavSheet({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations("shell.nav");
  return (
    <SideSheet open={open} onOpenChange={onOpenChange} label={t("label")}>
      <Rail onNavigate={() => onOpenChange(false)} />
    </SideSheet>
  );
}
