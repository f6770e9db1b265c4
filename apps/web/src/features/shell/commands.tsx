"use client";
import { type CommandItem, copyToClipboard, toast } from "@flotilla/ui";
import { CommandMenu } from "@flotilla/ui/command-menu";
import { Cpu, Languages, Link2, MonitorCog, Moon, Plus, Sun, Upload, UserPlus, Waypoints } from "lucide-react";
import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { useState } from "react";
import { useSwitchLocale } from "../../i18n/use-switch-locale.ts";
import { useTheme } from "../../theme/theme-provider.tsx";
import { navItems, settingsItem } from "./nav-items.ts";
import { useSession } from "./session.tsx";
import { useFoundThings } from "./use-found-things.tsx";

const ICON = 16;

/** ⌘K: pages, actions, and whatever has the typed name. */
export function Commands({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const t = useTranslations("shell.command");
  const [query, setQuery] = useState("");
  const found = useFoundThings(query, open);
  const pages = usePageItems();
  const actions = useActionItems();
  const groups = [
    { label: t("found"), items: found },
    { label: t("do"), items: actions },
    { label: t("go"), items: pages },
  ].filter((group) => group.items.length > 0);
  const change = (next: boolean) => {
    if (!next) setQuery("");
    onOpenChange(next);
  };
  return (
    <CommandMenu
      open={open}
      onOpenChange={change}
      label={t("label")}
      placeholder={t("placeholder")}
      empty={t("empty")}
      groups={groups}
      query={query}
      onQueryChange={setQuery}
    />
  );
}

function usePageItems(): CommandItem[] {
  const t = useTranslations("shell.nav");
  const session = useSession();
  const router = useRouter();
  return [...navItems, settingsItem]
    .filter((item) => session.can(item.permission))
    .map((item) => ({
      id: `go-${item.key}`,
      label: t(item.key),
      keywords: [item.key],
      icon: <item.icon size={ICON} />,
      onSelect: () => router.push(item.href),
    }));
}

function useActionItems(): CommandItem[] {
  const session = useSession();
  const t = useTranslations("shell.command");
  const router = useRouter();
  const go = (href: string) => () => router.push(href);
  const items: (CommandItem | false)[] = [
    session.can("token:write") && {
      id: "add-device",
      label: t("addDevice"),
      keywords: ["enrol", "token"],
      icon: <Cpu size={ICON} />,
      onSelect: go("/devices?add=true"),
    },
    session.can("model:write") && {
      id: "upload",
      label: t("uploadModel"),
      icon: <Upload size={ICON} />,
      onSelect: go("/models?upload=true"),
    },
    session.can("group:write") && { id: "new-group", label: t("newGroup"), icon: <Plus size={ICON} />, onSelect: go("/groups?new=true") },
    session.can("rollout:write") && {
      id: "new-rollout",
      label: t("newRollout"),
      icon: <Waypoints size={ICON} />,
      onSelect: go("/rollouts/new"),
    },
    session.can("member:write") && {
      id: "invite",
      label: t("invite"),
      icon: <UserPlus size={ICON} />,
      onSelect: go("/settings?tab=members&invite=true"),
    },
  ];
  return [...items.filter((item) => item !== false), ...usePreferenceItems()];
}

function usePreferenceItems(): CommandItem[] {
  const t = useTranslations("shell.command");
  const locale = useLocale();
  const switchLocale = useSwitchLocale();
  const { choose } = useTheme();
  const copyAddress = async () => {
    await copyToClipboard(window.location.href);
    toast.success(t("addressCopied"));
  };
  return [
    {
      id: "copy-address",
      label: t("copyAddress"),
      keywords: ["link", "share"],
      icon: <Link2 size={ICON} />,
      onSelect: () => void copyAddress(),
    },
    { id: "light", label: t("useLight"), keywords: ["theme"], icon: <Sun size={ICON} />, onSelect: () => choose("light") },
    { id: "dark", label: t("useDark"), keywords: ["theme"], icon: <Moon size={ICON} />, onSelect: () => choose("dark") },
    { id: "system", label: t("useSystem"), keywords: ["theme"], icon: <MonitorCog size={ICON} />, onSelect: () => choose("system") },
    locale === "en"
      ? {
          id: "chinese",
          label: t("useChinese"),
          keywords: ["language", "chinese", "语言"],
          icon: <Languages size={ICON} />,
          onSelect: () => switchLocale("zh-CN"),
        }
      : {
          id: "english",
          label: t("useEnglish"),
          keywords: ["language", "english", "语言"],
          icon: <Languages size={ICON} />,
          onSelect: () => switchLocale("en"),
        },
  ];
}
