import { spawn } from "node:child_process";
import { mkdir, open, readFile, rm, stat } from "node:fs/promises";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { LOCK_FILE, LOG_FILE, STATE_FILE, TEST_SERVER_DIRECTORY, type TestServerState } from "./test-server-directory.ts";

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 50;

let lease: Promise<string> | undefined;

/**
 * URL of the one Postgres that all test processes of this machine share; started if nobody has. This process keeps it alive
 * until it exits.
 */
export function leaseTestServer(): Promise<string> {
  lease ??= acquire();
  return lease;
}

async function acquire(): Promise<string> {
  await mkdir(TEST_SERVER_DIRECTORY, { recursive: true, mode: 0o755 });
  const deadline = Date.now() + START_TIMEOUT_MS;
  // A keeper that dies while starting says why in its log; a third one would say the same.
  for (let deaths = 0; Date.now() < deadline && deaths < 2; ) {
    const state = await readState();
    if (state !== null && (await holdLease(state.leasePort))) return state.url;
    if ((await startUnlessStarting()) === "starter died") deaths += 1;
    await sleep(POLL_MS);
  }
  throw new Error(`The test database did not start: ${(await readFile(LOG_FILE, "utf8").catch(() => "")).slice(-2000)}`);
}

async function readState(): Promise<TestServerState | null> {
  try {
    return JSON.parse(await readFile(STATE_FILE, "utf8")) as TestServerState;
  } catch {
    return null;
  }
}

/** Opens the connection that keeps the server alive; false where nobody listens any more. */
function holdLease(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.unref();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** Only the process that creates the lock file starts the keeper; a lock whose owner died is taken away. */
async function startUnlessStarting(): Promise<"started" | "starting" | "starter died"> {
  try {
    const lock = await open(LOCK_FILE, "wx");
    const keeperPid = await spawnKeeper();
    await lock.writeFile(String(keeperPid));
    await lock.close();
    return "started";
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    const owner = Number(await readFile(LOCK_FILE, "utf8").catch(() => ""));
    if (owner === 0 ? !(await isOld(LOCK_FILE)) : isAlive(owner)) return "starting";
    await rm(LOCK_FILE, { force: true });
    return "starter died";
  }
}

async function spawnKeeper(): Promise<number> {
  await rm(STATE_FILE, { force: true });
  const log = await open(LOG_FILE, "w");
  const keeper = spawn(process.execPath, [fileURLToPath(new URL("./keeper.ts", import.meta.url))], {
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
    cwd: TEST_SERVER_DIRECTORY,
    // A child of a vitest worker must not inherit its loader hooks.
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  keeper.unref();
  await log.close();
  if (keeper.pid === undefined) throw new Error("The test database's keeper did not start.");
  return keeper.pid;
}

/** A starter writes its keeper's pid at once: an empty lock that is old belongs to one that died between the two. */
async function isOld(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > 5_000;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
