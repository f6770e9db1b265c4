import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openLiveStream } from "./live-stream.ts";

/** The browser's side of a connection, whose faults a test plays. */
class Connection extends EventTarget {
  readyState = 0;
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
  }
  close(): void {
    this.readyState = 2;
  }
  say(type: string, data: unknown, lastEventId = ""): void {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data), lastEventId }));
  }
  fail(readyState: 0 | 2): void {
    this.readyState = readyState;
    this.dispatchEvent(new Event("error"));
  }
}

let opened: Connection[];
let said: unknown[];
let close: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  opened = [];
  said = [];
  const open = (url: string) => {
    const connection = new Connection(url);
    opened.push(connection);
    return connection as unknown as EventSource;
  };
  close = openLiveStream(
    { onEvent: (event) => said.push(event), onConnected: () => said.push("connected"), onDisconnected: () => said.push("disconnected") },
    open,
  );
});

afterEach(() => {
  close();
  vi.useRealTimers();
});

const connected = (index: number) => opened[index]?.say("connected", { reconnectAfterInactivityMs: 40_000 });

test("hands on what the server tells", () => {
  connected(0);
  opened[0]?.say("message", { json: { topic: "device", id: "d1" } }, "boot:7");
  expect(said).toEqual(["connected", { topic: "device", id: "d1" }]);
});

test("a dropped connection is the browser's to open again; this only says so", () => {
  connected(0);
  opened[0]?.fail(0);
  connected(0);
  expect(said).toEqual(["connected", "disconnected", "connected"]);
  expect(opened).toHaveLength(1);
});

test.each([
  ["the browser gives up", () => opened[0]?.fail(2)],
  ["the server ends with an error", () => opened[0]?.say("serialized-error", { json: { code: -32603 } })],
  ["the server ends the stream", () => opened[0]?.say("return", "")],
])("where %s, it is opened anew from the last event on", (_, happen) => {
  connected(0);
  opened[0]?.say("message", { json: { topic: "model" } }, "boot:8");
  happen();
  expect(said.at(-1)).toBe("disconnected");
  expect(opened[0]?.readyState).toBe(2);
  vi.advanceTimersByTime(1000);
  expect(opened[1]?.url).toBe("/api/trpc/live.events?lastEventId=boot%3A8");
});

test("tries get rarer while none succeeds, and not for ever", () => {
  for (let round = 0; round < 10; round += 1) {
    connected(round);
    opened[round]?.say("serialized-error", { json: {} });
    vi.advanceTimersByTime(30_000);
  }
  expect(opened).toHaveLength(11);
  opened[10]?.fail(2);
  vi.advanceTimersByTime(29_000);
  expect(opened).toHaveLength(11);
});

test("a silent connection is replaced; a ping says that it lives", () => {
  connected(0);
  vi.advanceTimersByTime(39_000);
  opened[0]?.say("ping", "");
  vi.advanceTimersByTime(39_000);
  expect(opened).toHaveLength(1);
  vi.advanceTimersByTime(2000);
  expect(opened).toHaveLength(2);
  expect(opened[0]?.readyState).toBe(2);
});

test("closed is closed", () => {
  connected(0);
  close();
  vi.advanceTimersByTime(100_000);
  expect(opened).toHaveLength(1);
  expect(opened[0]?.readyState).toBe(2);
});
