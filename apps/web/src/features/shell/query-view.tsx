"use client";
import { DeniedState, EmptyState, ErrorState, SkeletonGroup } from "@flotilla/ui";
import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { httpStatusOf } from "../../trpc/query-client.ts";

export interface QueryViewProps<Data> {
  query: Pick<UseQueryResult<Data, unknown>, "data" | "error" | "isPending" | "isFetching" | "refetch">;
  /** The final shape in grey; shown after 150 ms. */
  skeleton: ReactNode;
  children: (data: Data) => ReactNode;
}

/** One place for the states of an answer: on its way, refused, not there, failed, or here. Data that is already here stays while it is asked for again. */
export function QueryView<Data>({ query, skeleton, children }: QueryViewProps<Data>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null && query.error !== undefined) {
    return <QueryFailure error={query.error} retrying={query.isFetching} onRetry={() => void query.refetch()} />;
  }
  return <SkeletonGroup>{skeleton}</SkeletonGroup>;
}

export interface QueryFailureProps {
  error: unknown;
  retrying: boolean;
  onRetry: () => void;
}

export function QueryFailure({ error, retrying, onRetry }: QueryFailureProps) {
  const t = useTranslations("shell.states");
  const status = httpStatusOf(error);
  const message = error instanceof Error ? error.message : undefined;
  if (status === 403) return <DeniedState title={t("deniedTitle")}>{t("deniedText")}</DeniedState>;
  if (status === 404) return <EmptyState title={t("missingTitle")}>{t("missingText")}</EmptyState>;
  return <ErrorState title={t("errorTitle")} message={status === null ? t("unreachable") : message} onRetry={onRetry} retrying={retrying} />;
}
