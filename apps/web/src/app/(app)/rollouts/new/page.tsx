import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { NewRolloutPage } from "../../../../features/rollouts/new-rollout-page.tsx";
import { UrlState } from "../../../../features/shell/url-state.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell.nav"))("rollouts") };
}

export default function Page() {
  return (
    <UrlState>
      <NewRolloutPage />
    </UrlState>
  );
}
