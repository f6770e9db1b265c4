import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** Where the test server of this user on this machine lives. */
export const TEST_SERVER_DIRECTORY = join(tmpdir(), `flotilla-test-postgres-${userInfo().uid}`);

export const STATE_FILE = join(TEST_SERVER_DIRECTORY, "state.json");
export const LOCK_FILE = join(TEST_SERVER_DIRECTORY, "starting.lock");
export const LOG_FILE = join(TEST_SERVER_DIRECTORY, "keeper.log");

/** What the keeper writes once Postgres answers. */
export interface TestServerState {
  keeperPid: number;
  /** A process that uses the server holds a connection to this port; the server stops when the last one is gone. */
  leasePort: number;
  /** URL of the maintenance database. */
  url: string;
}
