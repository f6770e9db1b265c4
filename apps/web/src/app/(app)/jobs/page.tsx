import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { JobsPage } from "../../../features/jobs/jobs-page.tsx";
import { UrlState } from "../../../features/shell/url-state.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("shell.nav"))("jobs") };
}

export default function Page() {
  return (
    <UrlState>
      <JobsPage />
    </UrlState>
  );
}
