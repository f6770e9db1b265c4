import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { DataSetsPage } from "../../../features/data-sets/data-sets-page.tsx";
import { UrlState } from "../../../features/shell/url-state.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell.nav"))("dataSets") };
}

export default function Page() {
  return (
    <UrlState>
      <DataSetsPage />
    </UrlState>
  );
}
