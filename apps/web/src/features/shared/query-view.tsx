"use client";
import { DeniedState, ErrorState } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";

/** The part of a TanStack query that decides what a surface shows. */
export interface QueryLike<T> {
  data: T | undefined;
  error: unknown;
  isFetching: boolean;
  refetch: () => unknown;
}

export interface QueryViewProps<T> {
  query: QueryLike<T>;
  /** The final shape, in grey. */
  skeleton: ReactNode;
  children: (data: T) => ReactNode;
}

/** Skeleton, denied, error with retry, or the thing itself. What was shown once stays while it is asked for again. */
export function QueryView<T>({ query, skeleton, children }: QueryViewProps<T>) {
  const t = useTranslations("shared");
  if (query.data !== undefined) return children(query.data);
  if (query.error === null || query.error === undefined) return skeleton;
  const code = codeOf(query.error);
  if (code === "FORBIDDEN") return <DeniedState title={t("denied.title")}>{messageOf(query.error)}</DeniedState>;
  if (code === "NOT_FOUND") return <ErrorState title={t("notFound.title")} message={messageOf(query.error)} />;
  return (
    <ErrorState title={t("failed.title")} message={messageOf(query.error)} onRetry={() => void query.refetch()} retrying={query.isFetching} />
  );
}

/** The server's own sentence, or the browser's where there was no answer. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The code of a tRPC error, as the API shapes it; null for anything else. */
export function codeOf(error: unknown): string | null {
  if (typeof error !== "object" || error === null || !("data" in error)) return null;
  const { data } = error;
  return typeof data === "object" && data !== null && "code" in data && typeof data.code === "string" ? data.code : null;
}
