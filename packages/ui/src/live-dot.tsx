import type { ReactNode } from "react";
import { cn } from "./lib/cn.ts";

export type LiveState = "connecting" | "live" | "reconnecting" | "stale";

const DOT: Record<LiveState, string> = {
  connecting: "bg-off opacity-60",
  live: "bg-ok",
  reconnecting: "border-2 border-warn animate-pulse-soft",
  stale: "border-2 border-off border-dashed",
};

/** Whether what the page shows is current: a dot with a word. */
export function LiveDot({ state, children, title }: { state: LiveState; children: ReactNode; title?: string }) {
  return (
    <output
      title={title}
      className={cn(
        "inline-flex h-[22px] items-center gap-1.5 whitespace-nowrap rounded-full px-2 text-xs",
        state === "live" && "bg-ok-soft text-ok",
        state === "reconnecting" && "bg-warn-soft text-warn",
        (state === "stale" || state === "connecting") && "bg-off-soft text-muted",
      )}
    >
      <span aria-hidden className={cn("size-2 rounded-full", DOT[state])} />
      {children}
    </output>
  );
}
