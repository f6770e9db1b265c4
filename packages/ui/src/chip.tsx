import { Check, CircleDashed, LoaderCircle, TriangleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./lib/cn.ts";

/** What a state means to an operator; its colour, and its shape for whoever cannot see the colour. */
export type StateKind = "ok" | "busy" | "warn" | "bad" | "off";

const CHIP_CLASS: Record<StateKind, string> = {
  ok: "bg-ok-soft text-ok",
  busy: "bg-busy-soft text-busy",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
  off: "bg-off-soft text-muted",
};

const TEXT_CLASS: Record<StateKind, string> = { ok: "text-ok", busy: "text-busy", warn: "text-warn", bad: "text-bad", off: "text-off" };

const ICONS = { ok: Check, busy: LoaderCircle, warn: TriangleAlert, bad: X, off: CircleDashed } as const;

export interface StateIconProps {
  kind: StateKind;
  size?: number;
  /** Turn while busy. */
  spin?: boolean;
  className?: string;
}

/** The shape of a state, coloured. Decorative: the word must stand beside it. */
export function StateIcon({ kind, size = 14, spin = false, className }: StateIconProps) {
  const Icon = ICONS[kind];
  return (
    <Icon
      size={size}
      aria-hidden
      strokeWidth={2.25}
      className={cn("shrink-0", TEXT_CLASS[kind], spin && kind === "busy" && "animate-spin-slow", className)}
    />
  );
}

export interface StateChipProps {
  kind: StateKind;
  children: ReactNode;
  className?: string;
  title?: string | undefined;
}

/** A state as icon and word. */
export function StateChip({ kind, children, className, title }: StateChipProps) {
  return (
    <Chip className={cn(CHIP_CLASS[kind], className)} plain title={title}>
      <StateIcon kind={kind} size={12} />
      {children}
    </Chip>
  );
}

export interface ChipProps {
  children: ReactNode;
  className?: string;
  title?: string | undefined;
  /** Leave the colours to the caller. */
  plain?: boolean;
}

/** A small fact in a pill. */
export function Chip({ children, className, plain = false, title }: ChipProps) {
  return (
    <span
      title={title}
      className={cn(
        "inline-flex h-[22px] max-w-full shrink-0 items-center gap-1.5 whitespace-nowrap rounded-full px-2 text-xs",
        !plain && "bg-off-soft text-muted",
        className,
      )}
    >
      {children}
    </span>
  );
}
