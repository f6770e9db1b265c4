import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { call } from "./testing/device-client.ts";
import { TestStack } from "./testing/test-stack.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
let stack: TestStack;
beforeAll(async () => {
  stack = await TestStack.create();
});
afterAll(async () => await stack.close());

function run(env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "pipe", "pipe"] });
}

it("starts from its environment, answers without a broker, and stops in order", async () => {
  const child = run({
    DATABASE_URL: stack.database.url,
    BLOB_DIR: path.join(stack.directory, "blobs"),
    SECRETS_DIR: stack.directory,
    GATEWAY_PORT: "0",
    GATEWAY_HOST: "127.0.0.1",
  });
  if (child.stdout === null) throw new Error("no output");
  let port = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const entry = JSON.parse(line) as { msg?: string; port?: number };
    if (entry.msg !== "gateway listens") continue;
    port = entry.port ?? 0;
    break;
  }
  const answer = await call(port, { ca: stack.ctx.ca.certificatePem }, "GET", "/health");
  expect(answer).toMatchObject({ status: 200, body: { status: "ok", broker: false } });
  child.kill("SIGTERM");
  expect((await once(child, "exit"))[0]).toBe(0);
}, 60_000);

it("says which setting is missing", async () => {
  const child = run({ DATABASE_URL: stack.database.url, SECRETS_DIR: stack.directory, GATEWAY_PORT: "0" });
  let text = "";
  child.stderr?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  expect((await once(child, "exit"))[0]).toBe(1);
  expect(text).toContain("set BLOB_DIR (files) or S3_BUCKET");
}, 60_000);
