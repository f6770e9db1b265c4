import { EmptyState, LinkButton } from "@flotilla/ui";
import { getTranslations } from "next-intl/server";

export default async function NotFound() {
  const t = await getTranslations("shell.states");
  return (
    <main className="mx-auto max-w-xl p-8 pt-[15vh]">
      <EmptyState title={t("notFoundTitle")} action={<LinkButton href="/">{t("backToOverview")}</LinkButton>}>
        {t("notFoundText")}
      </EmptyState>
    </main>
  );
}
