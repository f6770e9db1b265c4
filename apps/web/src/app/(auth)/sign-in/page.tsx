import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { safeNext } from "../../../features/auth/safe-next.ts";
import { SignInForm } from "../../../features/auth/sign-in-form.tsx";
import { currentSession } from "../../../server/current-session.ts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("auth.signIn"))("title") };
}

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const next = safeNext((await searchParams).next);
  if ((await currentSession()) !== null) redirect(next);
  return <SignInForm next={next} />;
}
