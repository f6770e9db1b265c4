import { EventEmitter, once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { connectAsync, type MqttClient as Connection } from "mqtt";
import { afterEach, expect, test, vi } from "vitest";
import { takeMessages } from "./take-messages.ts";

// A broker of a few lines, so that a test sees each byte that is acknowledged and when: CONNACK, then whatever it is told to send.
const CONNACK = Buffer.from([0x20, 2, 0, 0]);
const WAIT = { timeout: 5_000, interval: 5 };

let stop = async (): Promise<void> => undefined;
afterEach(async () => await stop());

async function open(): Promise<{ client: Connection; send: (...ids: number[]) => void; acknowledged: number[] }> {
  const sockets = new EventEmitter();
  const server = createServer((socket) => void sockets.emit("socket", socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepted = once(sockets, "socket") as Promise<[Socket]>;
  const connecting = connectAsync(`mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`, { reconnectPeriod: 0, keepalive: 0 });
  const [socket] = await accepted;
  const acknowledged: number[] = [];
  socket.once("data", () => {
    socket.write(CONNACK);
    socket.on("data", (bytes) => {
      for (let at = 0; at < bytes.length; at += bytes.readUInt8(at + 1) + 2)
        if (bytes[at] === 0x40) acknowledged.push(bytes.readUInt16BE(at + 2));
    });
  });
  const client = await connecting;
  stop = async () => {
    await client.endAsync(true);
    server.close();
    socket.destroy();
  };
  return { client, acknowledged, send: (...ids) => void socket.write(Buffer.concat(ids.map(publishPacket))) };
}

/** Topic "t" with the id as payload; QoS 1, or QoS 0 for the id 0. */
function publishPacket(id: number): Buffer {
  const payload = Buffer.from(String(id));
  const head = id === 0 ? [0x30, 3 + payload.length, 0, 1, 0x74] : [0x32, 5 + payload.length, 0, 1, 0x74, id >> 8, id & 255];
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Takes messages and settles each when the test says so. */
function hold(client: Connection, maxInFlight: number) {
  const taken: number[] = [];
  const settle = new Map<number, () => void>();
  takeMessages(client, maxInFlight, async (_topic, bytes) => {
    const id = Number(Buffer.from(bytes).toString());
    taken.push(id);
    await new Promise<void>((resolve) => void settle.set(id, resolve));
  });
  return { taken, settle: (...ids: number[]) => ids.forEach((id) => settle.get(id)?.()) };
}

test("nothing is acknowledged before its handler is done, and then in the order in which it came", async () => {
  const { client, send, acknowledged } = await open();
  const { taken, settle } = hold(client, 10);
  send(1, 2, 3, 300);
  await vi.waitFor(() => expect(taken).toEqual([1, 2, 3, 300]), WAIT);
  settle(2, 3);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(acknowledged).toEqual([]);
  settle(1);
  await vi.waitFor(() => expect(acknowledged).toEqual([1, 2, 3]), WAIT);
  settle(300);
  await vi.waitFor(() => expect(acknowledged).toEqual([1, 2, 3, 300]), WAIT);
});

test("no more are taken than may be in flight; QoS 0 counts and is not acknowledged", async () => {
  const { client, send, acknowledged } = await open();
  const { taken, settle } = hold(client, 2);
  send(1, 0, 2, 3);
  await vi.waitFor(() => expect(taken).toEqual([1, 0]), WAIT);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(taken).toEqual([1, 0]);
  settle(1, 0);
  await vi.waitFor(() => expect(taken).toEqual([1, 0, 2, 3]), WAIT);
  settle(2, 3);
  await vi.waitFor(() => expect(acknowledged).toEqual([1, 2, 3]), WAIT);
});
