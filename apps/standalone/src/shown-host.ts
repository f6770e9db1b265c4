import { networkInterfaces } from "node:os";

const EVERY_ADDRESS = new Set(["0.0.0.0", "::"]);

/**
 * The name that addresses carry: devices on other machines are given it, and the server certificates are made for it. Where we answer on every
 * address it is the first that other machines can reach.
 */
export function shownHost(host: string, interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): string {
  if (host === "127.0.0.1") return "localhost";
  if (!EVERY_ADDRESS.has(host)) return host;
  const addresses = Object.values(interfaces).flatMap((list) => list ?? []);
  return addresses.find(({ internal, family }) => !internal && family === "IPv4")?.address ?? "localhost";
}
