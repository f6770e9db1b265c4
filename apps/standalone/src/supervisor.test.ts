import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Supervisor } from "./supervisor.ts";

let folder: string;
let lines: string[];
let supervisor: Supervisor;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "supervisor-"));
  lines = [];
  supervisor = new Supervisor({ logDirectory: folder, say: (line) => lines.push(line) });
});
afterEach(async () => {
  await supervisor.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A program that notes its start and its orderly end in a shared file. */
async function program(name: string, body = "setInterval(() => {}, 1000);"): Promise<string[]> {
  const file = path.join(folder, `${name}.mjs`);
  const note = (what: string): string => `appendFileSync(${JSON.stringify(path.join(folder, "notes"))}, "${name} ${what}\\n");`;
  await writeFile(
    file,
    `import { appendFileSync } from "node:fs"; ${note("started")} process.on("SIGTERM", () => { ${note("stopped")} process.exit(0); }); process.send?.("up"); ${body}`,
  );
  return [file];
}

const isUp = async (child: { once: (event: "message", listener: () => void) => unknown }): Promise<void> => {
  await once(child as never, "message");
};

const notes = async (): Promise<string[]> => (await readFile(path.join(folder, "notes"), "utf8")).trim().split("\n");

it("restarts a process that dies, and says so", async () => {
  await supervisor.start({ name: "web", args: await program("web"), ready: isUp });
  const first = supervisor.pids()["web"];
  process.kill(first ?? 0, "SIGKILL");
  await vi.waitFor(() => expect(lines).toContain("✓ web is back"), { timeout: 10_000 });
  expect(lines[0]).toContain("web died (SIGKILL); restarting in 0.3 s.");
  expect(supervisor.pids()["web"]).not.toBe(first);
});

it("stops in the reverse order of the start, and restarts nothing then", async () => {
  await supervisor.start({ name: "database", args: await program("database"), ready: isUp });
  await supervisor.start({ name: "web", args: await program("web"), ready: isUp });
  await supervisor.stop();
  expect(await notes()).toEqual(["database started", "web started", "web stopped", "database stopped"]);
  expect(supervisor.pids()).toEqual({});
});

it("kills what does not stop in its time", async () => {
  const args = await program(
    "deaf",
    'process.removeAllListeners("SIGTERM"); process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);',
  );
  await supervisor.start({ name: "deaf", args, ready: isUp, stopTimeoutMs: 300 });
  await supervisor.stop();
  expect(supervisor.pids()).toEqual({});
});

it("names the process and its log when one ends before it is ready", async () => {
  const args = await program("broken", "process.exit(3);");
  const never = (): Promise<void> => new Promise(() => {});
  await expect(supervisor.start({ name: "broken", args, ready: never })).rejects.toThrow(
    /broken ended with exit code 3 before it was ready\. Its log: .*broken\.log/,
  );
});
