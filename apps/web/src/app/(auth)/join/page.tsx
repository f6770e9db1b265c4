import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AccountForm } from "../../../features/auth/account-form.tsx";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("auth.join"))("titlePlain") };
}

export default async function JoinPage({
  searchParams,
}: {
  searchParams: Promise<{ token?: string | string[]; email?: string | string[] }>;
}) {
  const { token, email } = await searchParams;
  return (
    <AccountForm
      kind="join"
      token={typeof token === "string" && token !== "" ? token : null}
      email={typeof email === "string" ? email : ""}
    />
  );
}
