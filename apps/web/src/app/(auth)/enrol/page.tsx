import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { EnrolPage } from "../../../features/enrol/enrol-page.tsx";
import { webServices } from "../../../server/services.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("enrol"))("title") };
}

/** Shows nothing that is secret: the token is in the address's fragment, which the server never sees. */
export default async function Page() {
  const { enrolment } = (await webServices()).services;
  return <EnrolPage address={enrolment ?? { webUrl: "", gatewayUrl: "https://localhost", caFingerprint: "" }} />;
}
