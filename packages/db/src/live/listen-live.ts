import { setTimeout as sleep } from "node:timers/promises";
import { liveEventSchema, type LiveEvent } from "@flotilla/contracts";
import { Client } from "pg";
import { LIVE_CHANNEL } from "./notify-live.ts";

const RECONNECT_MS = 1_000;

export interface ListenOptions {
  /** Called when the connection is back after a loss: what was announced meanwhile is gone, so everything may have changed. */
  onGap?: () => void;
}

/**
 * Hears every live event of the database on a connection of its own, and opens a new one after a loss. Resolves once the
 * first connection listens; the result stops it.
 */
export async function listenLive(
  url: string,
  onEvent: (event: LiveEvent) => void,
  options: ListenOptions = {},
): Promise<() => Promise<void>> {
  const stopped = new AbortController();
  let client = await connect(url, onEvent, lost);

  function lost(): void {
    if (!stopped.signal.aborted) void reconnect();
  }

  async function reconnect(): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        await sleep(RECONNECT_MS, undefined, { signal: stopped.signal });
        client = await connect(url, onEvent, lost);
        options.onGap?.();
        return;
      } catch {
        // Still away (or stopped): the loop's condition decides.
      }
    }
  }

  return async () => {
    stopped.abort();
    await client.end().catch(() => undefined);
  };
}

async function connect(url: string, onEvent: (event: LiveEvent) => void, onLost: () => void): Promise<Client> {
  const client = new Client({ connectionString: url, keepAlive: true });
  client.on("notification", (message) => {
    const event = parseEvent(message.payload);
    if (event !== null) onEvent(event);
  });
  client.on("error", () => undefined);
  await client.connect();
  await client.query(`LISTEN ${LIVE_CHANNEL}`);
  client.once("end", onLost);
  return client;
}

/** null for a payload of a newer version: the tab that needed it will ask again anyway. */
function parseEvent(payload: string | undefined): LiveEvent | null {
  try {
    const parsed = liveEventSchema.safeParse(JSON.parse(payload ?? ""));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
