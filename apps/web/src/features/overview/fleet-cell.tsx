import type { Health } from "@flotilla/contracts/views";

/** One shape a version, the most common first; whatever is left shares the last. */
export const SHAPES = ["circle", "square", "diamond", "triangle"] as const;
export type Shape = (typeof SHAPES)[number];

const FILL: Record<Health, string> = {
  healthy: "var(--ok)",
  busy: "var(--busy)",
  warning: "var(--warn)",
  failed: "var(--bad)",
  offline: "none",
  pending: "none",
};

const STROKE: Record<Health, string> = { ...FILL, offline: "var(--off)", pending: "var(--warn)" };

/** A mark of 12 × 12: colour and filling say the health (a cross for failed, a dot for busy, hollow for absent), the outline the version. */
export function FleetCell({ health, shape }: { health: Health; shape: Shape }) {
  const hollow = FILL[health] === "none";
  const paint = {
    fill: FILL[health],
    stroke: STROKE[health],
    strokeWidth: hollow ? 1.25 : 0,
    ...(hollow ? { strokeDasharray: "2 1.5" } : {}),
  };
  return (
    <svg width={12} height={12} viewBox="0 0 12 12" aria-hidden className="block">
      {shape === "circle" && <circle cx={6} cy={6} r={5} {...paint} />}
      {shape === "square" && <rect x={1} y={1} width={10} height={10} rx={2} {...paint} />}
      {shape === "diamond" && <path d="M6 .6 11.4 6 6 11.4.6 6Z" {...paint} />}
      {shape === "triangle" && <path d="M6 1 11.3 10.8H.7Z" {...paint} />}
      {health === "failed" && <path d="M4 4.2l4 4m0-4l-4 4" stroke="var(--surface)" strokeWidth={1.5} />}
      {health === "busy" && <circle cx={6} cy={6.3} r={1.6} fill="var(--surface)" />}
      {health === "warning" && <path d="M6 3.6v3m0 1.2v1" stroke="var(--surface)" strokeWidth={1.4} />}
    </svg>
  );
}
