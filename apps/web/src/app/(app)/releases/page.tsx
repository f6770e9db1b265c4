import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ReleasesPage } from "../../../features/releases/releases-page.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell.nav"))("releases") };
}

export default function Page() {
  return <ReleasesPage />;
}
