import { readFile } from "node:fs/promises";
import { request } from "node:https";
import path from "node:path";
import { createDb, type Db } from "@flotilla/db";
import { createMqttClient } from "@flotilla/mqtt";
import type { Stack } from "./stack.ts";

/** The stack's own database, for what no interface does: somebody who changes rows. Close it. */
export async function openDatabase(stack: Stack): Promise<Db> {
  const { postgres } = await readPorts(stack);
  const password = await readFile(path.join(stack.dataDirectory, "secrets", "postgres-password"), "utf8");
  return createDb({ url: `postgresql://flotilla:${encodeURIComponent(password)}@127.0.0.1:${postgres}/flotilla`, maxConnections: 1 });
}

async function readPorts(stack: Stack): Promise<{ gateway: number; postgres: number }> {
  return JSON.parse(await readFile(path.join(stack.dataDirectory, "ports.json"), "utf8")) as { gateway: number; postgres: number };
}

interface Identity {
  deviceId: string;
  certificatePem: string;
  privateKeyPem: string;
  caPem: string;
  brokerUrl: string;
}

/** What a thief of a demo device finds: its key and certificate, out of its data directory. */
export async function stealIdentity(stack: Stack, name: string): Promise<Identity> {
  return JSON.parse(await readFile(path.join(stack.dataDirectory, "devices", name, "identity", "identity.json"), "utf8")) as Identity;
}

/** Asks the gateway as a device. */
export async function askGateway(stack: Stack, identity: Identity, route: string): Promise<{ status: number; body: string }> {
  const { gateway } = await readPorts(stack);
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const tls = { ca: identity.caPem, cert: identity.certificatePem, key: identity.privateKeyPem };
  const outgoing = request({ host: "localhost", port: gateway, path: route, ...tls, agent: false }, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
  });
  outgoing.on("error", reject);
  outgoing.end();
  return await promise;
}

/** Says over MQTT, with one device's certificate, that another one is offline. Resolves with how that ended. */
export async function publishAs(identity: Identity, victimId: string): Promise<"acknowledged" | "refused"> {
  const { caPem: ca, certificatePem: cert, privateKeyPem: key, deviceId, brokerUrl: url } = identity;
  const client = createMqttClient({ url, ca, cert, key, clientId: deviceId, random: Math.random });
  const connected = Promise.withResolvers<void>();
  client.onConnect(() => connected.resolve());
  client.start();
  try {
    await connected.promise;
    return await client.publish("presence", victimId, { online: false, bootId: victimId }).then(
      () => "acknowledged",
      () => "refused",
    );
  } finally {
    await client.stop();
  }
}
