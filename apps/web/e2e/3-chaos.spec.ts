import { type ChildProcess, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, type Page, test } from "@playwright/test";
import { mutate, query } from "./support/api.ts";
import { devicesOf, processIds, releaseVariant, rollOutTo, sampleVersion, untilRollout } from "./support/fleet.ts";
import { becomeOwner, openPage } from "./support/pages.ts";
import type { Stack } from "./support/stack.ts";

/** What goes wrong in a fleet, done to the running stack. Needs what 1-journey.spec.ts leaves. */
const AGENT = fileURLToPath(new URL("../../agent/dist/agent.js", import.meta.url));

test("a job whose worker is killed with -9 is taken up again and finishes", async ({ page }) => {
  const stack = await becomeOwner(page);
  const version = await sampleVersion(page, stack);
  const sets = await query(page, stack, "dataSets", "list", undefined);
  const { jobIds } = await mutate(page, stack, "jobs", "optimise", {
    modelVersionId: version.id,
    // A recipe that nobody has run yet: its result is in no cache.
    recipes: [
      {
        schemaVersion: 1,
        name: "int8 after a crash",
        passes: [
          { pass: "simplify" },
          {
            pass: "int8-static",
            perChannel: false,
            observer: "min-max",
            activations: "uint8",
            reduceRange: true,
            calibrationSamples: 256,
            exclude: [],
          },
        ],
      },
    ],
    calibrationDataSetId: sets.find((set) => set.name.includes("calibration"))?.id ?? null,
    testDataSetId: sets.find((set) => set.name.includes("test"))?.id ?? null,
    gates: [],
  });
  const id = jobIds[0] ?? "";
  await expect.poll(async () => (await query(page, stack, "jobs", "get", { id })).state, { intervals: [20] }).toBe("RUNNING");
  process.kill((await processIds(stack))["worker"] ?? 0, "SIGKILL");
  await expect.poll(async () => (await query(page, stack, "jobs", "get", { id })).state, { timeout: 90_000 }).toBe("SUCCEEDED");
  expect((await query(page, stack, "jobs", "get", { id })).attempts).toBeGreaterThanOrEqual(2);
});

test("a device killed with -9 in the middle of a rollout ends where it should", async ({ page }) => {
  const stack = await becomeOwner(page);
  const rollout = await rollOutTo(page, stack, await releaseVariant(page, stack, "fp16"), "Demo devices");
  const busy = async (): Promise<boolean> =>
    (await devicesOf(page, stack, rollout)).some(
      ({ name, state }) => name === "demo-3" && ["DOWNLOADING", "VERIFYING", "ACTIVATING", "PROBING"].includes(state),
    );
  await expect.poll(busy, { intervals: [20], timeout: 20_000 }).toBe(true);
  process.kill((await processIds(stack))["device-demo-3"] ?? 0, "SIGKILL");
  await untilRollout(page, stack, rollout, "COMPLETED");
  const devices = await devicesOf(page, stack, rollout);
  expect(devices.map(({ state }) => state)).toEqual(["SUCCEEDED", "SUCCEEDED", "SUCCEEDED", "SUCCEEDED", "SUCCEEDED"]);
});

test("a flipped byte is refused by the device, and the operator sees why", async ({ page }) => {
  const stack = await becomeOwner(page);
  const releaseId = await releaseVariant(page, stack, "int8 dynamic");
  const version = await sampleVersion(page, stack);
  const sha256 = version.variants.find((variant) => variant.name.startsWith("int8 dynamic"))?.sha256 ?? "";
  const file = path.join(stack.dataDirectory, "blobs", sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  const bytes = await readFile(file);
  bytes[1000] = (bytes[1000] ?? 0) ^ 1;
  await writeFile(file, bytes);
  const stages = [
    { name: "Canary", count: 1 },
    { name: "All", count: 1000 },
  ];
  const rollout = await untilRollout(page, stack, await rollOutTo(page, stack, releaseId, "Demo devices", stages), "HALTED");
  const devices = await devicesOf(page, stack, rollout.id);
  const canary = devices.find((device) => device.stageIndex === 0);
  expect(canary?.reason?.code).toBe("DIGEST_MISMATCH");
  expect(devices.filter((device) => device.stageIndex > 0).every((device) => device.bytesFetched === 0)).toBe(true);
  await openPage(page, `${stack.url}/rollouts/${rollout.id}`);
  await expect(page.getByText(canary?.reason?.message ?? "").first()).toBeVisible();
  await openPage(page, `${stack.url}/`);
  await expect(page.getByRole("main")).toContainText(canary?.name ?? "");
});

test("a device that was away for the whole rollout catches up by itself", async ({ page }) => {
  const stack = await becomeOwner(page);
  const { id: groupId } = await mutate(page, stack, "groups", "create", { name: "Travellers", kind: "static", filter: "", deviceIds: [] });
  const { token } = await mutate(page, stack, "tokens", "create", { name: "Travellers", groupId, maxUses: 2, expiresInDays: 1 });
  const [home, away] = await Promise.all(["home", "away"].map((name) => startAgent(stack, name, token)));
  try {
    await expect.poll(() => onlineNames(page, stack), { timeout: 30_000 }).toEqual(["away", "home"]);
    await stopAgent(away);
    await expect.poll(() => onlineNames(page, stack), { timeout: 30_000 }).toEqual(["home"]);
    const rollout = await rollOutTo(page, stack, await releaseVariant(page, stack, "fp16"), "Travellers", [{ name: "All", count: 2 }]);
    const stateOf = async (device: string) => (await devicesOf(page, stack, rollout)).find(({ name }) => name === device)?.state;
    await expect.poll(() => stateOf("home"), { timeout: 30_000 }).toBe("SUCCEEDED");
    expect(await stateOf("away")).toBe("UNREACHED");
    const back = await startAgent(stack, "away", token);
    await expect.poll(() => stateOf("away"), { timeout: 30_000 }).toBe("SUCCEEDED");
    await untilRollout(page, stack, rollout, "COMPLETED");
    await stopAgent(back);
  } finally {
    await Promise.all([stopAgent(home), stopAgent(away)]);
  }
});

async function onlineNames(page: Page, stack: Stack): Promise<string[]> {
  const { items } = await query(page, stack, "devices", "list", { filter: "online" });
  return items
    .map((device) => device.name)
    .filter((name) => !name.startsWith("demo-"))
    .toSorted();
}

async function startAgent(stack: Stack, name: string, token: string): Promise<ChildProcess> {
  const ports = JSON.parse(await readFile(path.join(stack.dataDirectory, "ports.json"), "utf8")) as { gateway: number };
  const ca = new X509Certificate(await readFile(path.join(stack.dataDirectory, "secrets", "ca.pem")));
  const data = path.join(stack.dataDirectory, "travellers", name);
  const args = ["--server", `https://localhost:${ports.gateway}`, "--ca-fingerprint", ca.fingerprint256, "--data", data, "--name", name];
  return spawn(process.execPath, [AGENT, ...args], {
    cwd: path.dirname(AGENT),
    env: { ...process.env, AGENT_TOKEN: token },
    stdio: "ignore",
  });
}

async function stopAgent(agent: ChildProcess | undefined): Promise<void> {
  if (agent === undefined || agent.exitCode !== null || agent.signalCode !== null) return;
  const gone = once(agent, "exit");
  agent.kill("SIGTERM");
  await gone;
}
