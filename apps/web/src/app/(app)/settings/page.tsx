import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { SettingsPage } from "../../../features/settings/settings-page.tsx";
import { UrlState } from "../../../features/shell/url-state.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell.nav"))("settings") };
}

export default function Page() {
  return (
    <UrlState>
      <SettingsPage />
    </UrlState>
  );
}
