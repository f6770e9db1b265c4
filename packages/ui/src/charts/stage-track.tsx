import type { CSSProperties } from "react";
import { colour, type Tone } from "./colours.ts";

export interface StageTrackStage {
  id: string;
  name: string;
  /** "25 of 27". */
  count: string;
  /** "passed · 14 min". */
  state: string;
  tone: Tone;
  /** Devices by outcome; what is missing to `total` is still to come. */
  succeeded: number;
  failed: number;
  busy: number;
  total: number;
  current?: boolean;
}

export interface StageTrackProps {
  label: string;
  stages: StageTrackStage[];
  /** A thin bar without words, for lists. */
  compact?: boolean;
}

/** The stages of a rollout side by side, each as wide as its share of the devices (with a minimum), filled by outcome; below each other on a phone. */
export function StageTrack({ label, stages, compact = false }: StageTrackProps) {
  const total = stages.reduce((sum, stage) => sum + stage.total, 0);
  const columns = stages.map(
    (stage) =>
      `minmax(${compact ? "12px" : `min(132px, ${Math.floor(90 / stages.length)}%)`}, ${Math.max(1, Math.round((100 * stage.total) / Math.max(1, total)))}fr)`,
  );
  return (
    <ol
      aria-label={label}
      className={
        compact
          ? "m-0 grid list-none gap-0.5 p-0 [grid-template-columns:var(--stages)]"
          : "m-0 grid list-none gap-x-1 gap-y-3 p-0 sm:[grid-template-columns:var(--stages)]"
      }
      style={{ "--stages": columns.join(" ") } as CSSProperties}
    >
      {stages.map((stage) => (
        <li key={stage.id} aria-current={stage.current === true ? "step" : undefined} className="min-w-0">
          <StageBar stage={stage} />
          {compact ? (
            <span className="sr-only">{`${stage.name}: ${stage.count}, ${stage.state}`}</span>
          ) : (
            <>
              <div className="mt-1.5 truncate">
                <b className="font-semibold">{stage.name}</b> <span className="text-muted">{stage.count}</span>
              </div>
              <div className="text-muted truncate text-xs" style={stage.tone === "bad" ? { color: colour.tone.bad } : undefined}>
                {stage.state}
              </div>
            </>
          )}
        </li>
      ))}
    </ol>
  );
}

function StageBar({ stage }: { stage: StageTrackStage }) {
  const share = (count: number) => `${(100 * count) / Math.max(1, stage.total)}%`;
  return (
    <div
      aria-hidden="true"
      className="flex h-2 overflow-hidden rounded"
      style={{ background: colour.line, outline: stage.current === true ? `1px solid ${colour.lineStrong}` : undefined }}
    >
      <span style={{ width: share(stage.succeeded), background: colour.tone.ok }} />
      <span style={{ width: share(stage.failed), background: colour.tone.bad }} />
      <span
        style={{
          width: share(stage.busy),
          background: `repeating-linear-gradient(135deg, ${colour.tone.busy} 0 4px, ${colour.toneSoft.busy} 4px 7px)`,
        }}
      />
    </div>
  );
}
