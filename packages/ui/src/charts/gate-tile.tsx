import { colour, type Tone } from "./colours.ts";
import { gateDomain } from "./gate-domain.ts";
import { linear } from "./linear.ts";

export interface GateTileProps {
  title: string;
  /** The measured value as text: "+18 %". */
  valueText: string;
  value: number | null;
  interval: readonly [number, number] | null;
  limit: number | null;
  /** "limit +10 %". */
  limitText: string;
  tone: Tone;
  /** "holds", "fails", "waiting", "off"; with its sign, because colour alone says nothing. */
  verdictText: string;
  /** What it was measured on: "3 of 27 rolled back; 95 % interval 3 to 28 %". */
  sentence: string;
}

const WIDTH = 300;
const SIGN: Record<Tone, string> = { ok: "✓", bad: "✕", warn: "△", busy: "…", off: "–" };

/** One gate of a rollout: the value, how sure it is, the limit, and what follows from it. */
export function GateTile(props: GateTileProps) {
  const { title, valueText, tone, verdictText, sentence } = props;
  return (
    <section aria-label={title} className="bg-surface border-line flex min-w-0 flex-col rounded-lg border p-4">
      <div className="flex items-center justify-between gap-2">
        <h2 className="m-0 text-[13px] leading-5 font-semibold">{title}</h2>
        <span
          className="inline-flex h-[22px] flex-none items-center gap-1.5 rounded-full px-2 text-xs whitespace-nowrap"
          style={{ background: colour.toneSoft[tone], color: tone === "off" ? colour.muted : colour.tone[tone] }}
        >
          <span aria-hidden="true">{SIGN[tone]}</span>
          {verdictText}
        </span>
      </div>
      <div className="text-[22px] leading-7 font-semibold tracking-tight tabular-nums">{valueText}</div>
      <GatePicture {...props} />
      <p className="text-muted m-0 mt-1">{sentence}</p>
    </section>
  );
}

function GatePicture({ value, interval, limit, limitText, tone }: GateTileProps) {
  const x = linear(gateDomain([value, limit, ...(interval ?? [])]), [2, WIDTH - 2]);
  const atRight = limit !== null && x(limit) > WIDTH * 0.62;
  const paint = tone === "off" ? colour.faint : colour.tone[tone];
  return (
    <svg viewBox={`0 0 ${WIDTH} 44`} preserveAspectRatio="xMinYMid" className="h-11 w-full" aria-hidden="true">
      <line x1={0} x2={WIDTH} y1={26} y2={26} stroke={colour.lineStrong} />
      {interval === null ? null : (
        <rect
          x={x(interval[0])}
          y={20}
          width={Math.max(3, x(interval[1]) - x(interval[0]))}
          height={12}
          rx={2}
          fill={colour.toneSoft[tone]}
          stroke={paint}
        />
      )}
      {value === null ? null : <circle cx={x(value)} cy={26} r={4} fill={paint} />}
      {limit === null ? null : (
        <>
          <line x1={x(limit)} x2={x(limit)} y1={6} y2={40} stroke={colour.text} strokeDasharray="3 3" />
          <text x={x(limit) + (atRight ? -5 : 5)} y={13} textAnchor={atRight ? "end" : "start"} fontSize={11} fill={colour.muted}>
            {limitText}
          </text>
        </>
      )}
    </svg>
  );
}
