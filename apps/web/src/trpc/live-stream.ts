import type { LiveEvent } from "@flotilla/contracts";
import { API_PATH } from "./call-api.ts";
import { type PlainAnswer, readAnswer } from "./read-answer.ts";

const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 30_000;

export interface LiveStreamHandlers {
  onEvent: (event: LiveEvent) => void;
  onConnected: () => void;
  /** It is tried again by itself. */
  onDisconnected: () => void;
}

type Open = (url: string) => EventSource;

/**
 * The tab's one subscription, `live.events`, as tRPC sends it: server-sent events, of which some are the protocol's own. The browser opens a dropped
 * connection again by itself; this does where the browser gives up (an answer that is no stream), where the server ends the stream, and where it
 * has been silent for longer than it promised.
 *
 * @returns closes it
 */
export function openLiveStream({ onEvent, onConnected, onDisconnected }: LiveStreamHandlers, open: Open = (url) => new EventSource(url)) {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silenceMs: number | undefined;
  let lastId = "";
  let failures = 0;

  const connectIn = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(connect, ms);
  };
  const heard = () => {
    if (silenceMs !== undefined) connectIn(silenceMs);
  };
  const ended = () => {
    source?.close();
    onDisconnected();
    connectIn(Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures));
    failures += 1;
  };
  function connect(): void {
    source?.close();
    const from = lastId === "" ? "" : `?lastEventId=${encodeURIComponent(lastId)}`;
    const mine = open(`${API_PATH}/live.events${from}`);
    source = mine;
    mine.addEventListener("connected", ({ data }: MessageEvent<string>) => {
      silenceMs = (JSON.parse(data) as { reconnectAfterInactivityMs?: number }).reconnectAfterInactivityMs;
      heard();
      onConnected();
    });
    mine.addEventListener("ping", () => {
      // Not at "connected": that is said before the server looks at who asks.
      failures = 0;
      heard();
    });
    mine.addEventListener("message", ({ data, lastEventId }: MessageEvent<string>) => {
      failures = 0;
      lastId = lastEventId;
      heard();
      onEvent(readAnswer(JSON.parse(data) as PlainAnswer) as LiveEvent);
    });
    mine.addEventListener("serialized-error", ended);
    mine.addEventListener("return", ended);
    mine.addEventListener("error", () => (mine.readyState === 2 ? ended() : onDisconnected()));
  }

  connect();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
