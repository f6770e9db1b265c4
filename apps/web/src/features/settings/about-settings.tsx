"use client";
import { Card, CopyText, Facts } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { useSession } from "../shell/session.tsx";

export function AboutSettings() {
  const t = useTranslations("settings.about");
  const roles = useTranslations("shell.roles");
  const session = useSession();
  return (
    <Card title={t("title")} className="max-w-xl">
      <p className="-mt-2 mb-4 text-muted">{t("text")}</p>
      <Facts
        items={[
          { label: t("account"), value: `${session.user.name} · ${session.user.email} · ${roles(session.role)}` },
          { label: t("organisationId"), value: <CopyText text={session.organisation.id} /> },
          { label: t("licence"), value: "Apache-2.0" },
        ]}
      />
    </Card>
  );
}
