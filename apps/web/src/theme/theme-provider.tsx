"use client";
import { createContext, type ReactNode, use, useMemo, useState } from "react";
import { writeCookie } from "../i18n/write-cookie.ts";
import { THEME_COOKIE, type ThemeChoice } from "./theme.ts";

interface ThemeContextValue {
  choice: ThemeChoice;
  choose: (choice: ThemeChoice) => void;
}

const ThemeContext = createContext<ThemeContextValue>({ choice: "system", choose: () => undefined });

function applyTheme(choice: ThemeChoice): void {
  const root = document.documentElement;
  const dark = choice === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : choice === "dark";
  root.dataset["themeChanges"] = "";
  root.dataset["themeChoice"] = choice;
  root.dataset["theme"] = dark ? "dark" : "light";
  // The first frame is the one with the new colours; after it, hovers may fade again.
  requestAnimationFrame(() => requestAnimationFrame(() => delete root.dataset["themeChanges"]));
}

export function ThemeProvider({ initial, children }: { initial: ThemeChoice; children: ReactNode }) {
  const [choice, setChoice] = useState(initial);
  const value = useMemo<ThemeContextValue>(
    () => ({
      choice,
      choose: (next) => {
        writeCookie(THEME_COOKIE, next);
        applyTheme(next);
        setChoice(next);
      },
    }),
    [choice],
  );
  return <ThemeContext value={value}>{children}</ThemeContext>;
}

/** The chosen theme, and a way to choose another: at once, and remembered for a year. */
export function useTheme(): ThemeContextValue {
  return use(ThemeContext);
}
