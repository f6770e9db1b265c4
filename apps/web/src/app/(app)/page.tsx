import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { OverviewPage } from "../../features/overview/overview-page.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell.nav"))("overview") };
}

export default function Page() {
  return <OverviewPage />;
}
