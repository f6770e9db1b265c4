/** What a person chose; `system` follows the device, live. */
export const themeChoices = ["light", "dark", "system"] as const;
export type ThemeChoice = (typeof themeChoices)[number];

export const THEME_COOKIE = "flotilla-theme";

export function isThemeChoice(value: unknown): value is ThemeChoice {
  return typeof value === "string" && (themeChoices as readonly string[]).includes(value);
}

/**
 * Runs before the first paint, so that no theme flashes by: resolves `system` and keeps following it.
 * Kept as text because it has to be inline in the document's head.
 */
export const themeScript = `(function(){var r=document.documentElement,m=matchMedia("(prefers-color-scheme: dark)");function a(){var c=r.dataset.themeChoice;r.dataset.theme=c==="system"?(m.matches?"dark":"light"):c}m.addEventListener("change",a);a()})()`;
