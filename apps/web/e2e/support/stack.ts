import { readFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

/** The running stack, as the browser tests find it. */
export interface Stack {
  url: string;
  setupUrl: string;
  /** Process of the supervisor: SIGTERM stops everything. */
  pid: number;
  dataDirectory: string;
}

export const STACK_FILE = path.join(os.tmpdir(), `flotilla-e2e-${process.env["USER"] ?? "user"}.json`);

export const OWNER = { name: "Ada Lovelace", email: "ada@example.org", password: "correct horse battery", organisation: "North plant" };

export async function readStack(): Promise<Stack> {
  return JSON.parse(await readFile(STACK_FILE, "utf8")) as Stack;
}
