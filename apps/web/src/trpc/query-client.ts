import { QueryClient } from "@tanstack/react-query";

const STALE_AFTER_MS = 30_000;
const MAX_RETRIES = 2;

/** An answer of the server that asking again will not change: 4xx. */
export function isFinal(error: unknown): boolean {
  const status = httpStatusOf(error);
  return status !== null && status >= 400 && status < 500;
}

/** The HTTP status that a failed call came with; null where it never reached the server. */
export function httpStatusOf(error: unknown): number | null {
  if (typeof error !== "object" || error === null || !("data" in error)) return null;
  const { data } = error;
  if (typeof data !== "object" || data === null || !("httpStatus" in data)) return null;
  return typeof data.httpStatus === "number" ? data.httpStatus : null;
}

/** Live events say when an answer is out of date; the clock is only the fallback. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_AFTER_MS,
        retry: (count, error) => count < MAX_RETRIES && !isFinal(error),
        refetchOnWindowFocus: true,
      },
    },
  });
}
