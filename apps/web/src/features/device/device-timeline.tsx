"use client";
import type { DeviceEvent } from "@flotilla/contracts/views";
import { Button, Card, RelativeTime, Skeleton, StateIcon, type StateKind } from "@flotilla/ui";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../trpc/client.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { useReasonText } from "../shell/use-reason-text.ts";

function kindOf(event: DeviceEvent): StateKind {
  if (event.kind === "security") return "bad";
  if (event.kind === "offline" || event.kind === "revoked") return "off";
  if (event.kind !== "state") return "ok";
  switch (event.phase) {
    case "ACTIVE":
    case "IDLE":
      return "ok";
    case "REFUSED":
    case "REJECTED":
    case "ROLLED_BACK":
      return "bad";
    default:
      return "busy";
  }
}

/** What happened to the device, newest first, refusals with their reasons. */
export function DeviceTimeline({ id }: { id: string }) {
  const t = useTranslations("device.timeline");
  const trpc = useTRPC();
  const events = useInfiniteQuery(trpc.devices.events.infiniteQueryOptions({ id }, { getNextPageParam: (page) => page.nextCursor }));
  return (
    <Card title={t("title")}>
      <QueryView query={events} skeleton={<Skeleton className="h-40" />}>
        {(data) => {
          const items = data.pages.flatMap((page) => page.items);
          if (items.length === 0) return <p className="text-muted">{t("empty")}</p>;
          return (
            <>
              <ol className="flex flex-col gap-2.5">
                {items.map((event) => (
                  <EventRow key={event.id} event={event} />
                ))}
              </ol>
              {events.hasNextPage && (
                <Button className="mt-3" size="sm" pending={events.isFetchingNextPage} onClick={() => void events.fetchNextPage()}>
                  {t("more")}
                </Button>
              )}
            </>
          );
        }}
      </QueryView>
    </Card>
  );
}

function EventRow({ event }: { event: DeviceEvent }) {
  const t = useTranslations("device.timeline");
  const phases = useTranslations("devices.phases");
  const say = useReasonText();
  const what = event.kind === "state" ? phases(event.phase ?? "IDLE") : t(`kinds.${event.kind}`);
  const strong = event.kind === "security";
  return (
    <li className="grid grid-cols-[1rem_minmax(0,1fr)_auto] gap-x-2">
      <StateIcon kind={kindOf(event)} className="mt-0.5" />
      <div className="min-w-0 break-words">
        <span className={strong ? "font-semibold text-bad" : "first-letter:uppercase inline-block"}>
          {event.releaseName === null ? what : t("withRelease", { what, release: event.releaseName })}
        </span>
        {event.reason !== null && <div className="text-muted">{say(event.reason)}</div>}
      </div>
      <RelativeTime at={event.at} className="text-faint text-xs" />
    </li>
  );
}
