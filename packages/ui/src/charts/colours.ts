/** The tones of the design system. A tone is never the only carrier of a meaning: each comes with a shape or a word. */
export type Tone = "ok" | "busy" | "warn" | "bad" | "off";

/** CSS colours by role, from the tokens in styles.css, so that a chart follows the theme without being drawn again. */
export const colour = {
  text: "var(--text)",
  muted: "var(--muted)",
  faint: "var(--faint)",
  line: "var(--line)",
  lineStrong: "var(--line-strong)",
  surface: "var(--surface)",
  accent: "var(--accent)",
  accentSoft: "var(--accent-soft)",
  tone: { ok: "var(--ok)", busy: "var(--busy)", warn: "var(--warn)", bad: "var(--bad)", off: "var(--off)" },
  toneSoft: { ok: "var(--ok-soft)", busy: "var(--busy-soft)", warn: "var(--warn-soft)", bad: "var(--bad-soft)", off: "var(--sunken)" },
} as const;

/** Fills of stacked series, in order; neighbours differ in lightness, so they can be told apart without colour. */
export const seriesColours = ["var(--accent)", "var(--ok)", "var(--warn)", "var(--faint)", "var(--bad)", "var(--line-strong)"] as const;

/** Colour of the n-th series; wraps around. */
export function seriesColour(index: number): string {
  return seriesColours[index % seriesColours.length] ?? "var(--accent)";
}
