"use client";
import type { LiveEvent } from "@flotilla/contracts";
import type { LiveState } from "@flotilla/ui";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useState } from "react";
import { useTRPCClient } from "./client.tsx";
import { type LiveTopic, pathsFor } from "./live-topics.ts";

const STALE_AFTER_MS = 20_000;
const MIN_GAP_MS = 300;

type Listener = (topic: LiveTopic, id: string | undefined) => void;

interface LiveContextValue {
  state: LiveState;
  listeners: Set<Listener>;
}

const LiveContext = createContext<LiveContextValue>({ state: "connecting", listeners: new Set() });

/** Whether the page hears of changes. */
export function useLiveState(): LiveState {
  return use(LiveContext).state;
}

/** Calls back when something of a topic changed; for what does not live in a query, or refreshes only a part of one. */
export function useLiveTopic(topic: LiveTopic, onChange: (id: string | undefined) => void): void {
  const { listeners } = use(LiveContext);
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  useEffect(() => {
    const listener: Listener = (changed, id) => {
      if (changed === topic) latest.current(id);
    };
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, [listeners, topic]);
}

/**
 * Asks again for what topics changed, one round at a time: a round begins when the one before has its answers, so that a busy fleet slows the
 * page's questions instead of cancelling them for ever. Queries with `meta: { live: false }` look after themselves.
 */
function createRefresher(queryClient: QueryClient) {
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
  return (topic: LiveTopic) => {
    dirty.add(topic);
    if (!running) void run();
  };
}

/** The tab's one subscription: it moves the live dot and asks again for what changed. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");
  const [listeners] = useState(() => new Set<Listener>());

  useEffect(() => {
    const refresh = createRefresher(queryClient);
    let lost = false;
    let staleTimer: ReturnType<typeof setTimeout> | undefined;
    const disconnected = () => {
      lost = true;
      setState((current) => (current === "stale" ? current : "reconnecting"));
      staleTimer ??= setTimeout(() => setState("stale"), STALE_AFTER_MS);
    };
    const connected = () => {
      clearTimeout(staleTimer);
      staleTimer = undefined;
      setState("live");
      // What happened while nobody listened is not told afterwards.
      if (lost) void queryClient.invalidateQueries();
      lost = false;
    };
    const heard = (event: LiveEvent) => {
      refresh(event.topic);
      for (const listener of listeners) listener(event.topic, event.id);
    };
    let everConnected = false;
    const subscription = client.live.events.subscribe(undefined, {
      onData: (message) => heard(message.data),
      onConnectionStateChange: (connection) => {
        if (connection.state === "pending") {
          everConnected = true;
          connected();
        } else if (everConnected || connection.error !== null) disconnected();
      },
      onError: disconnected,
    });
    return () => {
      clearTimeout(staleTimer);
      subscription.unsubscribe();
    };
  }, [client, queryClient, listeners]);

  const value = useMemo(() => ({ state, listeners }), [state, listeners]);
  return <LiveContext value={value}>{children}</LiveContext>;
}
