"use client";
import { Lock } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { Button } from "./button.tsx";
import { StateIcon, type StateKind } from "./chip.tsx";
import { cn } from "./lib/cn.ts";
import { useUi } from "./lib/ui-provider.tsx";

/** A grey shape of what is coming. Stays invisible for the first 150 ms, so that a fast answer does not flicker. */
export function Skeleton({ className, ...rest }: ComponentProps<"div">) {
  return (
    <div aria-hidden className={cn("animate-appear", className)} {...rest}>
      <div className="size-full animate-pulse-soft rounded-md bg-line" />
    </div>
  );
}

export interface SkeletonRowsProps {
  rows?: number;
  className?: string;
}

/** The grey shape of a table or a list in its card. */
export function SkeletonRows({ rows = 5, className }: SkeletonRowsProps) {
  return (
    <div aria-hidden className={cn("flex flex-col gap-5 rounded-lg border border-line bg-surface p-4", className)}>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} className="h-4" />
      ))}
    </div>
  );
}

/** Wraps skeletons and says "loading" once to a screen reader. */
export function SkeletonGroup({ className, children }: { className?: string; children: ReactNode }) {
  const { labels } = useUi();
  return (
    <div className={className} aria-busy="true">
      <span className="sr-only">{labels.loading}</span>
      {children}
    </div>
  );
}

export interface EmptyStateProps {
  title: ReactNode;
  /** 1 where this is all that the page has. */
  level?: 1 | 2;
  /** What this place is for, in a sentence. */
  children?: ReactNode;
  /** The one thing to do here. */
  action?: ReactNode;
  icon?: ReactNode;
  /** Inside a card: without a border of its own. */
  bare?: boolean;
  className?: string;
}

/** Nothing here yet, or nothing fits the filter: says so, and offers one way on. */
export function EmptyState({ title, level = 2, children, action, icon, bare = false, className }: EmptyStateProps) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <div
      className={cn(
        "flex flex-col items-center gap-2 px-6 py-12 text-center",
        !bare && "rounded-lg border border-line-strong border-dashed bg-surface",
        className,
      )}
    >
      {icon !== undefined && (
        <div aria-hidden className="text-faint">
          {icon}
        </div>
      )}
      <Heading className="font-semibold text-lg">{title}</Heading>
      {children !== undefined && <div className="max-w-[52ch] text-muted">{children}</div>}
      {action !== undefined && <div className="mt-2">{action}</div>}
    </div>
  );
}

export interface ErrorStateProps {
  title: ReactNode;
  /** The error's own sentence. */
  message?: ReactNode;
  onRetry?: () => void;
  retrying?: boolean;
  className?: string;
}

/** Something did not come: why, and a way to ask again. */
export function ErrorState({ title, message, onRetry, retrying = false, className }: ErrorStateProps) {
  const { labels } = useUi();
  return (
    <div
      role="alert"
      className={cn("flex flex-col items-center gap-2 rounded-lg border border-line-strong bg-surface px-6 py-12 text-center", className)}
    >
      <StateIcon kind="bad" size={20} />
      <h2 className="font-semibold text-lg">{title}</h2>
      {message !== undefined && <p className="max-w-[60ch] text-muted">{message}</p>}
      {onRetry !== undefined && (
        <Button className="mt-2" onClick={onRetry} pending={retrying}>
          {labels.retry}
        </Button>
      )}
    </div>
  );
}

/** The page exists, but not for this role: says which role it takes. */
export function DeniedState({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <EmptyState title={title} icon={<Lock size={20} />}>
      {children}
    </EmptyState>
  );
}

export interface NoticeProps {
  kind: StateKind;
  title?: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
  /** Read out at once by a screen reader. Errors are, by default. */
  live?: boolean;
}

const NOTICE_CLASS: Record<StateKind, string> = {
  ok: "border-ok/40 bg-ok-soft",
  busy: "border-busy/40 bg-busy-soft",
  warn: "border-warn/40 bg-warn-soft",
  bad: "border-bad/40 bg-bad-soft",
  off: "border-line bg-sunken",
};

/** An inline message for what blocks or matters here; toasts are for what passes. */
export function Notice({ kind, title, children, action, className, live = kind === "bad" }: NoticeProps) {
  return (
    <div
      role={live ? "alert" : undefined}
      className={cn("flex items-start gap-2 rounded-md border px-3 py-2 text-sm", NOTICE_CLASS[kind], className)}
    >
      <StateIcon kind={kind} size={16} className="mt-0.5" />
      <div className="min-w-0 flex-1 text-text">
        {title !== undefined && <div className="font-semibold">{title}</div>}
        {children}
      </div>
      {action}
    </div>
  );
}
