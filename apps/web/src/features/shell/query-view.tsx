"use client";
import { SkeletonGroup } from "@flotilla/ui";
import type { ReactNode } from "react";
import { QueryFailure } from "./query-failure.tsx";
import { RoomHeading } from "./room-heading.tsx";

export interface QueryViewProps<Data> {
  query: { data: Data | undefined; error: unknown; isFetching: boolean; refetch: () => unknown };
  /** The final shape in grey; shown after 150 ms. */
  skeleton: ReactNode;
  /** This answer is the whole page, its heading too: until it is here the page is named after its room. */
  page?: boolean;
  children: (data: Data) => ReactNode;
}

/** One place for the states of an answer: on its way, refused, not there, failed, or here. Data that is already here stays while it is asked for again. */
export function QueryView<Data>({ query, skeleton, page = false, children }: QueryViewProps<Data>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null && query.error !== undefined) {
    return (
      <>
        {page && <RoomHeading />}
        <QueryFailure error={query.error} retrying={query.isFetching} onRetry={() => query.refetch()} />
      </>
    );
  }
  return (
    <SkeletonGroup>
      {page && <RoomHeading />}
      {skeleton}
    </SkeletonGroup>
  );
}
