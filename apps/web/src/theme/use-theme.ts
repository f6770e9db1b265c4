"use client";
import { useState } from "react";
import { writeCookie } from "../i18n/write-cookie.ts";
import { isThemeChoice, THEME_COOKIE, type ThemeChoice } from "./theme.ts";

function currentChoice(): ThemeChoice {
  if (typeof document === "undefined") return "system";
  const choice = document.documentElement.dataset["themeChoice"];
  return isThemeChoice(choice) ? choice : "system";
}

/** The chosen theme, and a way to choose another: at once, and remembered for a year. */
export function useTheme(): [ThemeChoice, (choice: ThemeChoice) => void] {
  const [choice, setChoice] = useState<ThemeChoice>(currentChoice);
  const choose = (next: ThemeChoice) => {
    writeCookie(THEME_COOKIE, next);
    const root = document.documentElement;
    root.dataset["themeChoice"] = next;
    const dark = next === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : next === "dark";
    root.dataset["theme"] = dark ? "dark" : "light";
    setChoice(next);
  };
  return [choice, choose];
}
