import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { LOCALE_COOKIE, isLocale, type Locale, negotiateLocale } from "./locales.ts";
import type { Messages } from "./messages/en.ts";

async function chooseLocale(): Promise<Locale> {
  const cookie = (await cookies()).get(LOCALE_COOKIE)?.value;
  if (isLocale(cookie)) return cookie;
  return negotiateLocale((await headers()).get("accept-language"));
}

async function loadMessages(locale: Locale): Promise<Messages> {
  if (locale === "zh-CN") return (await import("./messages/zh-cn.ts")).messages;
  return (await import("./messages/en.ts")).messages;
}

export default getRequestConfig(async () => {
  const locale = await chooseLocale();
  return { locale, messages: await loadMessages(locale), timeZone: "UTC" };
});
