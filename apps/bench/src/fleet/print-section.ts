import { table } from "../optimise/markdown.ts";
import { type Figure, holds, middle, type Section } from "./figure.ts";

/** A section as Markdown: its figures beside the peers', its notes. */
export function printSection({ title, figures, notes }: Section): string {
  const rows = figures.map((figure) => [figure.what, measured(figure), promised(figure), verdict(figure), peerOf(figure), ratioOf(figure)]);
  const head = ["what", "median (all runs)", "target", "", "peer, recorded", "ours is"];
  return [`## ${title}`, table(head, rows), ...notes].join("\n\n");
}

/** The promises of all sections and whether this run kept them. */
export function printTargets(sections: readonly Section[]): string {
  const figures = sections.flatMap((section) => section.figures.filter(({ limit }) => limit !== null));
  const missed = figures.filter((figure) => !holds(figure));
  const rows = figures.map((figure) => [figure.what, promised(figure), measured(figure), verdict(figure)]);
  const sum = `${figures.length - missed.length} of ${figures.length} targets hold.`;
  return ["## Targets", sum, table(["target", "", "measured", ""], rows)].join("\n\n");
}

export function missedTargets(sections: readonly Section[]): string[] {
  return sections.flatMap(({ figures }) => figures.filter((figure) => !holds(figure)).map(({ what }) => what));
}

function measured(figure: Figure): string {
  const { values, unit, note } = figure;
  const suffix = note === undefined ? "" : `; ${note}`;
  if (values.length === 0) return `not measured${suffix}`;
  const runs = values.length === 1 ? "one run" : values.map(round).join(", ");
  return `${round(middle(figure))} ${unit} (${runs})${suffix}`;
}

function promised({ limit, unit }: Figure): string {
  return limit === null ? "" : `${limit.kind === "at most" ? "≤" : "≥"} ${round(limit.value)} ${unit}`;
}

function verdict(figure: Figure): string {
  if (figure.limit === null) return "";
  return holds(figure) ? "holds" : "**missed**";
}

function peerOf({ peer, unit }: Figure): string {
  return peer === undefined ? "" : `${peer.name}: ${peer.text ?? `${round(peer.value)} ${unit}`}`;
}

/** How many times better than the peer: less where less is promised, more where more is. */
function ratioOf(figure: Figure): string {
  const { peer, limit, values } = figure;
  if (peer === undefined || values.length === 0) return "";
  const ratio = limit?.kind === "at least" ? middle(figure) / peer.value : peer.value / middle(figure);
  return `${round(ratio)} × ${ratio >= 1 ? "better" : "(worse)"}`;
}

function round(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}
