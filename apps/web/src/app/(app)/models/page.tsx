import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ModelsPage } from "../../../features/models/models-page.tsx";
import { UrlState } from "../../../features/shell/url-state.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell.nav"))("models") };
}

export default function Page() {
  return (
    <UrlState>
      <ModelsPage />
    </UrlState>
  );
}
