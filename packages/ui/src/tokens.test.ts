import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

/** Every text colour is measured against each surface that it stands on: WCAG 2.2, 1.4.3 (4.5:1) and 1.4.11 (3:1). */
const css = readFileSync(new URL("./styles.css", import.meta.url), "utf8");

function tokensOf(theme: "light" | "dark"): Map<string, string> {
  const block = new RegExp(`\\[data-theme="${theme}"\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? "";
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const surfaces = ["bg", "surface", "sunken", "accent-soft"];
const texts = ["text", "muted", "faint", "accent", "ok", "busy", "warn", "bad"];
const chips = [
  ["ok", "ok-soft"],
  ["busy", "busy-soft"],
  ["warn", "warn-soft"],
  ["bad", "bad-soft"],
  ["muted", "off-soft"],
  ["on-accent", "accent"],
  ["on-bad", "bad"],
] as const;

describe.each(["light", "dark"] as const)("%s", (theme) => {
  const tokens = tokensOf(theme);
  const ratio = (a: string, b: string) => contrast(tokens.get(a) ?? "#000000", tokens.get(b) ?? "#000000");

  test.each(texts.flatMap((text) => surfaces.map((surface) => [text, surface] as const)))("%s on %s is readable", (text, surface) => {
    expect(ratio(text, surface)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(chips)("%s on %s is readable", (text, surface) => {
    expect(ratio(text, surface)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(["line-input", "series-1", "series-2", "series-3", "series-4", "series-5", "series-6"])("%s can be seen on a card", (token) => {
    expect(ratio(token, "surface")).toBeGreaterThanOrEqual(3);
  });
});
