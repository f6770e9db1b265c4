import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { NewRolloutPage } from "../../../../features/rollouts/new-rollout-page.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell.nav"))("rollouts") };
}

export default function Page() {
  return <NewRolloutPage />;
}
