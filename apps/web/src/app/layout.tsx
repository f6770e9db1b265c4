import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import { NextIntlClientProvider } from "next-intl";
import { getLocale } from "next-intl/server";
import type { ReactNode } from "react";
import "@fontsource-variable/inter/index.css";
import { UiSetup } from "../features/shell/ui-setup.tsx";
import { isThemeChoice, THEME_COOKIE, themeScript } from "../theme/theme.ts";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Flotilla", template: "%s · Flotilla" },
  description: "From a trained model in a browser tab to every edge device of a fleet.",
};

/** Every page reads the language and the theme from cookies. */
export const dynamic = "force-dynamic";

export const viewport: Viewport = { width: "device-width", initialScale: 1 };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const [locale, jar] = await Promise.all([getLocale(), cookies()]);
  const cookie = jar.get(THEME_COOKIE)?.value;
  const choice = isThemeChoice(cookie) ? cookie : "system";
  return (
    <html lang={locale} data-theme={choice === "system" ? "light" : choice} data-theme-choice={choice} suppressHydrationWarning>
      <head>
        <script dangerouslySetInnerHTML={{ __html: themeScript }} />
      </head>
      <body>
        <NextIntlClientProvider>
          <UiSetup themeChoice={choice}>{children}</UiSetup>
        </NextIntlClientProvider>
      </body>
    </html>
  );
}
