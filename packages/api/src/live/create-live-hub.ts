import { type LiveEvent, liveTopics } from "@flotilla/contracts";
import { collapseEvents } from "./collapse-events.ts";

/** One live event with the id that a tab gives back when it reconnects. */
export interface NumberedEvent {
  id: string;
  event: LiveEvent;
}

export interface LiveHub {
  /**
   * The events of one organisation, at most `1000 / intervalMs` deliveries a second, until `signal` aborts. With the id of the last event that a tab saw,
   * starts with what it missed; where that is no longer known, with one event per topic: everything may have changed.
   */
  subscribe(organisationId: string, signal: AbortSignal, lastEventId?: string): AsyncGenerator<NumberedEvent>;
  /** Ends every subscription and the listener: open tabs would otherwise keep a server from stopping. */
  stop(): Promise<void>;
}

export interface LiveHubOptions {
  /** Hears the database; `onGap` is called when events may have been lost. */
  listen(onEvent: (event: LiveEvent) => void, onGap: () => void): Promise<() => Promise<void>>;
  /** Random per process, so that an id of an earlier process is recognised as unknown. */
  bootId: string;
  /** Shortest time between two deliveries to one tab. */
  intervalMs?: number;
}

/** How many events back a reconnecting tab can be served exactly. */
const KEPT_EVENTS = 1_000;

interface Subscriber {
  organisationId: string;
  pending: LiveEvent[];
  wake: () => void;
}

/**
 * One listener a process, shared by all open tabs. Listens from the first subscriber on; a failure to listen is thrown to it and
 * tried again by the next.
 */
export function createLiveHub(options: LiveHubOptions): LiveHub {
  const subscribers = new Set<Subscriber>();
  const kept: { n: number; event: LiveEvent }[] = [];
  const stopped = new AbortController();
  let counter = 0;
  let listening: Promise<() => Promise<void>> | undefined;

  function deliver(event: LiveEvent): void {
    counter += 1;
    kept.push({ n: counter, event });
    if (kept.length > KEPT_EVENTS) kept.shift();
    for (const subscriber of subscribers) {
      if (subscriber.organisationId !== event.organisationId) continue;
      subscriber.pending.push(event);
      subscriber.wake();
    }
  }

  function gap(): void {
    kept.length = 0;
    for (const subscriber of subscribers) {
      subscriber.pending.push(...everything(subscriber.organisationId));
      subscriber.wake();
    }
  }

  /** What a tab with this id missed: nothing for a first visit. */
  function missed(organisationId: string, lastEventId: string | undefined): LiveEvent[] {
    if (lastEventId === undefined) return [];
    const [bootId, number] = lastEventId.split(":");
    const n = Number(number);
    const oldest = counter - kept.length;
    if (bootId !== options.bootId || !Number.isInteger(n) || n < oldest || n > counter) return everything(organisationId);
    return kept.filter((entry) => entry.n > n && entry.event.organisationId === organisationId).map((entry) => entry.event);
  }

  function ensureListening(): Promise<() => Promise<void>> {
    listening ??= options.listen(deliver, gap).catch((error: unknown) => {
      listening = undefined;
      throw error;
    });
    return listening;
  }

  return {
    async *subscribe(organisationId, tabSignal, lastEventId) {
      const signal = AbortSignal.any([tabSignal, stopped.signal]);
      const subscriber: Subscriber = { organisationId, pending: [], wake: () => undefined };
      subscribers.add(subscriber);
      try {
        await ensureListening();
        subscriber.pending.unshift(...missed(organisationId, lastEventId));
        while (!signal.aborted) {
          if (subscriber.pending.length === 0) await nextWake(subscriber, signal);
          const id = `${options.bootId}:${counter}`;
          for (const event of collapseEvents(subscriber.pending.splice(0))) yield { id, event };
          await pause(options.intervalMs ?? 250, signal);
        }
      } finally {
        subscribers.delete(subscriber);
      }
    },
    async stop() {
      stopped.abort();
      const stopListening = await listening?.catch(() => undefined);
      listening = undefined;
      await stopListening?.();
    },
  };
}

function everything(organisationId: string): LiveEvent[] {
  return liveTopics.map((topic) => ({ organisationId, topic }));
}

/** Resolves at the subscriber's next event or when `signal` aborts; leaves no listener behind. */
function nextWake(subscriber: Subscriber, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    function done(): void {
      subscriber.wake = () => undefined;
      signal.removeEventListener("abort", done);
      resolve();
    }
    subscriber.wake = done;
    signal.addEventListener("abort", done);
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
  });
}
