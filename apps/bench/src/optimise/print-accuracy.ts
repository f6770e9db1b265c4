import { failedGates } from "./judge-row.ts";
import { percent, table, thousands } from "./markdown.ts";
import type { Measured, Row } from "./measure-case.ts";
import { RECORDED_PEERS } from "./recorded-peers.ts";

const INTEGERS = "integer kernels";

/** What each variant gives beside the peers'. */
export function accuracyTable(measured: Measured, here: string): string {
  const { model, sourceScore, rows } = measured;
  const what = model.labels === null ? "agreement" : "accuracy";
  const original = ["original, fp32", thousands(model.sourceBytes), percent(sourceScore), "", "1.00", "", ""];
  const recorded = (RECORDED_PEERS[model.name] ?? [])
    .filter((peer) => !rows.some(({ variant }) => variant.tool === peer.tool))
    .map(({ tool, bytes, saturating, exact, speed }) => [
      `${tool} (recorded)`,
      thousands(bytes),
      exact === null ? "" : `${exact.toFixed(2)} unoptimised`,
      saturating.toFixed(2),
      speed.toFixed(2),
      "",
      "",
    ]);
  return table(
    [
      `${model.name}, ${thousands(model.test.count)} test images`,
      "bytes",
      `${what} %, ${here}`,
      `${what} %, no VNNI`,
      "speed ×",
      INTEGERS,
      "gates",
    ],
    [original, ...rows.map((row) => rowOf(measured, row)), ...recorded],
  );
}

function rowOf(measured: Measured, row: Row): string[] {
  const { variant, bytes, score, elsewhere, speed } = row;
  const name = variant.ours ? `**${variant.tool}**` : `${variant.tool} (this run)`;
  const failed = failedGates(measured, row);
  return [
    speed < 1 ? `${name}: smaller, not faster` : name,
    thousands(bytes),
    percent(score),
    elsewhere === null ? "" : percent(elsewhere),
    speed.toFixed(2),
    integerKernels(row),
    failed.length === 0 ? "hold" : `fail: ${failed.join(", ")}`,
  ];
}

function integerKernels({ placement }: Row): string {
  if (placement === null) return "none meant";
  const { integerNodes, quantisedNodes } = placement;
  return `${integerNodes} of ${quantisedNodes} (${Math.floor((100 * integerNodes) / quantisedNodes)} %)`;
}

/** The nodes that were meant to run on integers and did not, with why. */
export function floatNodes({ model, rows }: Measured): string[] {
  return rows.flatMap(({ variant, placement }) => {
    if (placement === null || placement.inFloat.length === 0) return [];
    const reasons = Map.groupBy(placement.inFloat, ({ reason }) => reason);
    const parts = [...reasons].map(([reason, nodes]) => {
      const names = nodes.slice(0, 3).map(({ node, operator }) => `${operator} \`${node}\``);
      return `${reason}: ${names.join(", ")}${nodes.length > 3 ? ` and ${nodes.length - 3} more` : ""}`;
    });
    return [`- ${model.name}, ${variant.tool}: ${parts.join("; ")}`];
  });
}
