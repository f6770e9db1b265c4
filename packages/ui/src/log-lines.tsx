"use client";
import { useEffect, useRef } from "react";
import { cn } from "./lib/cn.ts";
import { useFormat } from "./lib/ui-provider.tsx";

export interface LogLine {
  id: string | number;
  at: Date;
  level: "info" | "warning" | "error";
  message: string;
}

export interface LogLinesProps {
  /** Names the box, which the keyboard can scroll. */
  label: string;
  /** Oldest first. */
  lines: readonly LogLine[];
  /** The words before a line that is more than information. */
  words: { warning: string; error: string };
}

const TONES: Record<LogLine["level"], string> = { info: "text-text", warning: "text-warn", error: "text-bad" };

/** A log, live; follows its end unless somebody has scrolled up to read. */
export function LogLines({ label, lines, words }: LogLinesProps) {
  const format = useFormat();
  const box = useRef<HTMLElement>(null);
  const follows = useRef(true);
  // Runs when lines came in: that is when the end has moved.
  useEffect(() => {
    const element = box.current;
    if (element !== null && follows.current) element.scrollTop = element.scrollHeight;
    // `lines` is not read here: a new line is what asks for the scroll.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [lines]);
  return (
    <section
      ref={box}
      aria-label={label}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolling box needs the focus to be scrolled with the arrows
      tabIndex={0}
      className="max-h-72 overflow-auto rounded-md border bg-sunken p-3 font-mono text-xs leading-5"
      onScroll={(event) => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
        follows.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      <ol>
        {lines.map((line) => (
          <li key={line.id} className="flex gap-3">
            <time
              dateTime={line.at.toISOString()}
              title={format.dateTime(line.at)}
              className="shrink-0 text-faint"
              suppressHydrationWarning
            >
              {format.time(line.at)}
            </time>
            <span className={cn("min-w-0 break-words", TONES[line.level])}>
              {line.level === "info" ? null : `${words[line.level]}: `}
              {line.message}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
