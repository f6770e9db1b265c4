import type { DiffStatus } from "@flotilla/domain/graph";

/** How what became of a node is shown: a letter or sign beside the colour. */
export const diffStyle: Readonly<Record<DiffStatus, { colour: string; soft: string; sign: string }>> = {
  quantised: { colour: "var(--accent)", soft: "var(--accent-soft)", sign: "8" },
  fused: { colour: "var(--series-4)", soft: "var(--surface)", sign: "⊕" },
  changed: { colour: "var(--warn)", soft: "var(--warn-soft)", sign: "≠" },
  removed: { colour: "var(--bad)", soft: "var(--bad-soft)", sign: "−" },
  added: { colour: "var(--ok)", soft: "var(--ok-soft)", sign: "+" },
  kept: { colour: "var(--faint)", soft: "var(--surface)", sign: "=" },
};
