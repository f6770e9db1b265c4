import { rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { EmbeddedPostgres, untilReady } from "../embedded/index.ts";
import { STATE_FILE, TEST_SERVER_DIRECTORY, type TestServerState } from "./test-server-directory.ts";

/**
 * The process behind every test database of this machine: runs one embedded Postgres, and stops it and itself once no test
 * process has held a lease for a while. Started by `leaseTestServer`, never by hand.
 */
const IDLE_MS = 15_000;

const postgres = new EmbeddedPostgres({
  directory: join(TEST_SERVER_DIRECTORY, "data"),
  port: await freePort(),
  password: "test",
  // Nothing here outlives the run: durability would only cost time.
  settings: {
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    autovacuum: "off",
    max_connections: "400",
    shared_buffers: "64MB",
  },
});
// What a killed keeper left behind.
await postgres.destroy();
await postgres.initialise();
await untilReady(await postgres.spawn());
await serveLeases();

async function serveLeases(): Promise<void> {
  let leases = 0;
  const lease = createServer((socket) => {
    leases += 1;
    clearTimeout(idle);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      leases -= 1;
      if (leases === 0) idle = setTimeout(stop, IDLE_MS);
    });
    socket.resume();
  });
  let idle = setTimeout(stop, IDLE_MS);

  function stop(): void {
    lease.close();
    void rm(STATE_FILE, { force: true })
      .then(() => postgres.destroy())
      .finally(() => process.exit(0));
  }

  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  const leasePort = await listen(lease);
  const state: TestServerState = { keeperPid: process.pid, leasePort, url: postgres.url("postgres") };
  await writeFile(STATE_FILE, JSON.stringify(state));
}

async function freePort(): Promise<number> {
  const probe = createServer();
  const port = await listen(probe);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
