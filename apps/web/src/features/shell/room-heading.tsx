"use client";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { isIn, navItems, settingsItem } from "./nav-items.ts";

/** The first heading of a page whose own is not known yet: read out, not shown. */
export function RoomHeading() {
  const t = useTranslations("shell.nav");
  const pathname = usePathname();
  const room = [...navItems, settingsItem].find((item) => isIn(item, pathname));
  return <h1 className="sr-only">{t(room?.key ?? "overview")}</h1>;
}
