import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { DevicePage } from "../../../../features/device/device-page.tsx";
import { UrlState } from "../../../../features/shell/url-state.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell.nav"))("devices") };
}

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return (
    <UrlState>
      <DevicePage id={(await params).id} />
    </UrlState>
  );
}
