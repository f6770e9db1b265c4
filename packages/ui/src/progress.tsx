"use client";
import type { ReactNode } from "react";
import type { StateKind } from "./chip.tsx";
import { cn } from "./lib/cn.ts";
import { useFormat } from "./lib/ui-provider.tsx";

export interface ProgressProps {
  /** 0…1; null while the end is not known. */
  value: number | null;
  /** What is going on, in words: "calibrating 64 of 128 images". */
  label: string;
  /** Words shown at the right, instead of the percentage. */
  detail?: ReactNode;
  kind?: StateKind;
  /** Only the bar; the label is read out. */
  bare?: boolean;
  className?: string;
}

const FILL: Record<StateKind, string> = { ok: "bg-ok", busy: "bg-busy", warn: "bg-warn", bad: "bg-bad", off: "bg-off" };

/** A number with words. */
export function Progress({ value, label, detail, kind = "busy", bare = false, className }: ProgressProps) {
  const format = useFormat();
  const share = value === null ? null : Math.min(1, Math.max(0, value));
  return (
    <div className={className}>
      {!bare && (
        <div className="mb-1 flex justify-between gap-4 text-muted text-xs">
          <span className="min-w-0 truncate">{label}</span>
          <span className="shrink-0">{detail ?? (share === null ? null : format.percent(share, 0))}</span>
        </div>
      )}
      <progress aria-label={label} className="sr-only" max={1} {...(share === null ? {} : { value: share })} />
      <div aria-hidden className="h-1.5 overflow-hidden rounded-full bg-line">
        <div
          className={cn("h-full rounded-full", FILL[kind], share === null ? "w-1/3 animate-pulse-soft" : "transition-[width] duration-300")}
          style={share === null ? undefined : { width: `${share * 100}%` }}
        />
      </div>
    </div>
  );
}
