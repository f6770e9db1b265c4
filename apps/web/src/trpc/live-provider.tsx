"use client";
import type { LiveState } from "@flotilla/ui";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useState } from "react";
import { openLiveStream } from "./live-stream.ts";
import type { LiveTopic } from "./live-topics.ts";
import { createRefresher } from "./refresh-queries.ts";

const STALE_AFTER_MS = 20_000;

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

/** The tab's one subscription: it moves the live dot and asks again for what changed. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queryClient = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");
  const [listeners] = useState(() => new Set<Listener>());
  useEffect(() => {
    const refresh = createRefresher(queryClient);
    /** Set while the connection is lost. */
    let staleTimer: ReturnType<typeof setTimeout> | undefined;
    const close = openLiveStream({
      onDisconnected: () => {
        if (staleTimer !== undefined) return;
        setState("reconnecting");
        staleTimer = setTimeout(() => setState("stale"), STALE_AFTER_MS);
      },
      onConnected: () => {
        setState("live");
        if (staleTimer === undefined) return;
        clearTimeout(staleTimer);
        staleTimer = undefined;
        // What happened while nobody listened is not told afterwards.
        void queryClient.invalidateQueries();
      },
      onEvent: ({ topic, id }) => {
        refresh(topic);
        for (const listener of listeners) listener(topic, id);
      },
    });
    return () => {
      clearTimeout(staleTimer);
      close();
    };
  }, [queryClient, listeners]);
  const value = useMemo(() => ({ state, listeners }), [state, listeners]);
  return <LiveContext value={value}>{children}</LiveContext>;
}
