import type { QueryClient } from "@tanstack/react-query";
import { type LiveTopic, pathsFor } from "./live-topics.ts";

const MIN_GAP_MS = 300;

/**
 * Asks again for what topics changed, one round at a time: a round begins when the one before has its answers, so that a busy fleet slows the
 * page's questions instead of cancelling them for ever. Queries with `meta: { live: false }` look after themselves.
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
      await Promise.allSettled([...asked, new Promise((resolve) => setTimeout(resolve, MIN_GAP_MS))]);
    }
    running = false;
  };
  return (topic) => {
    dirty.add(topic);
    if (!running) void run();
  };
}
