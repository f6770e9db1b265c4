"use client";
import { PageHeader, Skeleton, Tabs } from "@flotilla/ui";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useSession } from "../shell/session.tsx";
import { AboutSettings } from "./about-settings.tsx";
import { OrganisationSettings } from "./organisation-settings.tsx";
import { RolloutSettings } from "./rollout-settings.tsx";
import { YourSettings } from "./your-settings.tsx";

const MembersSettings = dynamic(async () => (await import("./members-settings.tsx")).MembersSettings, {
  loading: () => <Skeleton className="h-64" />,
});
const TokensSettings = dynamic(async () => (await import("./tokens-settings.tsx")).TokensSettings, {
  loading: () => <Skeleton className="h-64" />,
});

const tabs = ["organisation", "members", "tokens", "you", "about"] as const;
type Tab = (typeof tabs)[number];

export function SettingsPage() {
  const t = useTranslations("settings");
  const session = useSession();
  const [tab] = useQueryState("tab", parseAsStringLiteral(tabs).withDefault("organisation"));
  const shown = tabs.filter((each) => each !== "tokens" || session.can("token:read"));
  return (
    <>
      <PageHeader title={t("title")} />
      <Tabs
        className="mb-4"
        label={t("tabs.label")}
        current={tab}
        items={shown.map((key) => ({ key, label: t(`tabs.${key}`), href: key === "organisation" ? "/settings" : `/settings?tab=${key}` }))}
      />
      <Panel tab={tab} />
    </>
  );
}

function Panel({ tab }: { tab: Tab }) {
  switch (tab) {
    case "members":
      return <MembersSettings />;
    case "tokens":
      return <TokensSettings />;
    case "you":
      return <YourSettings />;
    case "about":
      return <AboutSettings />;
    default:
      return (
        <>
          <OrganisationSettings />
          <RolloutSettings />
        </>
      );
  }
}
