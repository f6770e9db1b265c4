"use client";
import { Button, Menu } from "@flotilla/ui";
import { CircleUserRound } from "lucide-react";
import { useTranslations } from "next-intl";
import { lazy } from "react";
import { useSession } from "./session.tsx";

const load = () => import("./account-menu-items.tsx");
const Items = lazy(async () => ({ default: (await load()).AccountMenuItems }));

export function AccountMenu() {
  const t = useTranslations("shell.account");
  const { user } = useSession();
  const trigger = (
    <Button variant="ghost" size="icon" aria-haspopup="menu" aria-label={t("label", { name: user.name })}>
      <CircleUserRound size={18} aria-hidden />
    </Button>
  );
  return (
    <Menu trigger={trigger} load={load}>
      <Items />
    </Menu>
  );
}
