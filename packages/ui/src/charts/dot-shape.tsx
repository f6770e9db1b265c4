import type { DotKind } from "./dot-kinds.ts";
import { DOT_UNITS, dotStrokes } from "./dot-strokes.ts";

/** One dot: empty, filling, full, crossed, dashed. */
export function DotShape({ kind, fill }: { kind: DotKind; fill: number }) {
  return (
    <svg width={DOT_UNITS} height={DOT_UNITS} viewBox={`0 0 ${DOT_UNITS} ${DOT_UNITS}`} aria-hidden="true" className="block flex-none">
      {dotStrokes(kind, fill).map(({ path, fill: area = "none", stroke, width = 1, dash }) => (
        <path key={path} d={path} fill={area} stroke={stroke} strokeWidth={width} strokeDasharray={dash?.join(" ")} />
      ))}
    </svg>
  );
}
