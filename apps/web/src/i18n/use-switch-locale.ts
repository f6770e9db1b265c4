"use client";
import { useRouter } from "next/navigation";
import { LOCALE_COOKIE, type Locale } from "./locales.ts";
import { writeCookie } from "./write-cookie.ts";

/** Remembers the language and asks the server for this page in it; what was typed and scrolled stays. */
export function useSwitchLocale(): (locale: Locale) => void {
  const router = useRouter();
  return (locale) => {
    writeCookie(LOCALE_COOKIE, locale);
    document.documentElement.lang = locale;
    router.refresh();
  };
}
