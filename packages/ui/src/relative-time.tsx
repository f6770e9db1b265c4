"use client";
import { useSyncExternalStore } from "react";
import { useUi } from "./lib/ui-provider.tsx";

const TICK_MS = 10_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let nowMs = Date.now();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  nowMs = Date.now();
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time, moving every ten seconds: one timer for the whole page. */
export function useNow(): Date {
  const value = useSyncExternalStore(
    subscribe,
    () => nowMs,
    () => nowMs,
  );
  return new Date(value);
}

export interface RelativeTimeProps {
  /** null is shown as "never". */
  at: Date | null;
  className?: string;
}

/** "2 hours ago", with the exact time on hover and for machines. */
export function RelativeTime({ at, className }: RelativeTimeProps) {
  const { format, labels } = useUi();
  const now = useNow();
  if (at === null) return <span className={className}>{labels.never}</span>;
  // A server whose clock is a little ahead must not say "in 2 seconds".
  const reference = at.getTime() > now.getTime() && at.getTime() - now.getTime() < 60_000 ? at : now;
  return (
    <time dateTime={at.toISOString()} title={format.dateTime(at)} className={className} suppressHydrationWarning>
      {format.relative(at, reference)}
    </time>
  );
}
