"use client";
import type { JobLogLine } from "@flotilla/contracts/views";
import { cn, Skeleton, useFormat } from "@flotilla/ui";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useEffect, useRef } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";

const tones: Record<JobLogLine["level"], string> = { info: "text-text", warning: "text-warn", error: "text-bad" };

/** The log of a job, live; follows its end unless somebody has scrolled up to read. */
export function JobLog({ jobId }: { jobId: string }) {
  const t = useTranslations("jobs.log");
  const trpc = useTRPC();
  const query = useQuery(trpc.jobs.log.queryOptions({ jobId }));
  return (
    <QueryView query={query} skeleton={<Skeleton className="h-32" />}>
      {(lines) => (lines.length === 0 ? <p className="text-muted">{t("empty")}</p> : <Lines lines={lines} />)}
    </QueryView>
  );
}

function Lines({ lines }: { lines: readonly JobLogLine[] }) {
  const t = useTranslations("jobs.log");
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
      aria-label={t("label")}
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
            <time dateTime={line.at.toISOString()} className="shrink-0 text-faint" suppressHydrationWarning>
              {format.time(line.at)}
            </time>
            <span className={cn("min-w-0 break-words", tones[line.level])}>
              {line.level === "info" ? null : `${t(line.level)}: `}
              {line.message}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
