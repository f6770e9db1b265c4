import { colour } from "./colours.ts";

export interface ParetoTipText {
  title: string;
  facts: readonly { label: string; value: string }[];
  /** Whether the goal is met, in words. */
  verdict: string;
  met: boolean;
}

export interface ParetoTipProps {
  /** Names the verdict, which describes the point; the numbers are in the point's own name already. */
  id: string;
  text: ParetoTipText;
  /** The point as shares of the picture's width and height. */
  at: { x: number; y: number };
  onPointerEnter: () => void;
  onPointerLeave: () => void;
}

/** The numbers of one point, beside it: on the side that has more room. */
export function ParetoTip({ id, text, at, onPointerEnter, onPointerLeave }: ParetoTipProps) {
  return (
    <div
      className="pointer-events-none absolute z-10 p-3"
      style={{
        left: `${100 * at.x}%`,
        top: `${100 * at.y}%`,
        transform: `translate(${at.x > 0.5 ? "-100%" : "0"}, ${at.y > 0.5 ? "-100%" : "0"})`,
      }}
    >
      <div
        role="tooltip"
        className="pointer-events-auto w-max max-w-56 rounded-md border border-line-strong bg-surface px-3 py-2 text-xs"
        onPointerEnter={onPointerEnter}
        onPointerLeave={onPointerLeave}
      >
        <div className="font-semibold">{text.title}</div>
        <dl className="mt-1 grid grid-cols-[auto_auto] gap-x-4 gap-y-0.5">
          {text.facts.map(({ label, value }) => (
            <div key={label} className="contents">
              <dt className="text-muted">{label}</dt>
              <dd className="text-right tabular-nums">{value}</dd>
            </div>
          ))}
        </dl>
        <div id={id} className="mt-1" style={{ color: text.met ? colour.tone.ok : colour.muted }}>
          <span aria-hidden="true">{text.met ? "✓ " : "– "}</span>
          {text.verdict}
        </div>
      </div>
    </div>
  );
}
