"use client";
import { EmptyState, LinkButton } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** What an unknown address shows. A client component: a server one that imports the design system would ship all of it to every page. */
export function NotFoundPage() {
  const t = useTranslations("shell.states");
  return (
    <main className="mx-auto max-w-xl p-8 pt-[15vh]">
      <EmptyState level={1} title={t("notFoundTitle")} action={<LinkButton href="/">{t("backToOverview")}</LinkButton>}>
        {t("notFoundText")}
      </EmptyState>
    </main>
  );
}
