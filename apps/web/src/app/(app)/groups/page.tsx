import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { GroupsPage } from "../../../features/groups/groups-page.tsx";
import { UrlState } from "../../../features/shell/url-state.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell.nav"))("groups") };
}

export default function Page() {
  return (
    <UrlState>
      <GroupsPage />
    </UrlState>
  );
}
