import type { QueryClient } from "@tanstack/react-query";
import { type LiveTopic, pathsFor } from "./live-topics.ts";

const MIN_GAP_MS = 300;

/**
 * Asks again for what topics changed, one round at a time: a round begins when the one before has its answers, so that a busy fleet slows the
 * page's questions instead of cancelling them for ever; and rests for as long as it took, so that a page of a large fleet waits for its server no more
 * than half of the time. Queries with `meta: { live: false }` look after themselves.
 */
export function createRefresher(queryClient: QueryClient): (topic: LiveTopic) => void {
  const dirty = new Set<LiveTopic>();
  let running = false;
  const run = async () => {
    running = true;
    while (dirty.size > 0) {
      const paths = pathsFor(dirty);
      dirty.clear();
      const asked = paths.map((path) =>
        queryClient.invalidateQueries({ queryKey: [path], predicate: (query) => query.meta?.["live"] !== false }),
      );
      const startedAt = performance.now();
      await Promise.allSettled(asked);
      const tookMs = performance.now() - startedAt;
      await new Promise((resolve) => setTimeout(resolve, Math.max(MIN_GAP_MS - tookMs, tookMs)));
    }
    running = false;
  };
  return (topic) => {
    dirty.add(topic);
    if (!running) void run();
  };
}
