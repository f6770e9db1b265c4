import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { DevicesPage } from "../../../features/devices/devices-page.tsx";
import { UrlState } from "../../../features/shell/url-state.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell.nav"))("devices") };
}

export default function Page() {
  return (
    <UrlState>
      <DevicesPage />
    </UrlState>
  );
}
