import { colour } from "./colours.ts";
import type { ReactElement } from "react";
import type { DotKind } from "./dot-kinds.ts";

/** One dot, 14 × 14: empty, filling, full, crossed, dashed. */
export function DotShape({ kind, fill }: { kind: DotKind; fill: number }) {
  return (
    <svg width={14} height={14} viewBox="0 0 14 14" aria-hidden="true" className="block flex-none">
      {shape(kind, fill)}
    </svg>
  );
}

// oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive
function shape(kind: DotKind, fill: number): ReactElement {
  switch (kind) {
    case "ok":
      return <rect x={1} y={1} width={12} height={12} rx={2} fill={colour.tone.ok} />;
    case "current":
      return (
        <>
          <rect x={1.5} y={1.5} width={11} height={11} rx={2} fill={colour.toneSoft.ok} stroke={colour.tone.ok} />
          <path d="M4 7.2l2.2 2.2L10 5" fill="none" stroke={colour.tone.ok} strokeWidth={1.5} />
        </>
      );
    case "bad":
      return (
        <>
          <rect x={1} y={1} width={12} height={12} rx={2} fill={colour.tone.bad} />
          <path d="M4.5 4.5l5 5m0-5l-5 5" stroke={colour.surface} strokeWidth={1.6} />
        </>
      );
    case "busy": {
      const height = Math.max(2, Math.round(11 * Math.min(1, Math.max(0, fill))));
      return (
        <>
          <rect x={1.5} y={1.5} width={11} height={11} rx={2} fill={colour.toneSoft.busy} stroke={colour.tone.busy} />
          <rect x={1.5} y={12.5 - height} width={11} height={height} rx={1.5} fill={colour.tone.busy} />
        </>
      );
    }
    case "offline":
      return <rect x={1.5} y={1.5} width={11} height={11} rx={2} fill="none" stroke={colour.tone.off} strokeDasharray="2 2" />;
    case "left":
      return <path d="M3 7h8" stroke={colour.faint} strokeWidth={1.6} />;
    case "waiting":
      return <rect x={1.5} y={1.5} width={11} height={11} rx={2} fill="none" stroke={colour.lineStrong} />;
  }
}
