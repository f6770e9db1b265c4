import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AccountForm } from "../../../features/auth/account-form.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("auth.setup"))("title") };
}

export default async function SetupPage({ searchParams }: { searchParams: Promise<{ token?: string | string[] }> }) {
  const { token } = await searchParams;
  return <AccountForm kind="setup" token={typeof token === "string" && token !== "" ? token : null} />;
}
