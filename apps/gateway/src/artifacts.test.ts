import { randomBytes } from "node:crypto";
import { request } from "node:https";
import { assignmentSchema } from "@flotilla/contracts";
import { readReleaseManifest } from "@flotilla/trust/verify";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type TestDevice, TestStack } from "./testing/test-stack.ts";

// Real processes on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const model = randomBytes(300_000);
let stack: TestStack;
let device: TestDevice;
let release: Awaited<ReturnType<TestStack["release"]>>;
let artifact: string;

beforeAll(async () => {
  stack = await TestStack.create();
  await stack.start();
  device = await stack.enrol();
  release = await stack.release(model);
  await stack.assign(device.id, release, 7);
  artifact = `/device/v1/artifacts/${release.sha256}`;
});
afterAll(async () => await stack.close());

async function bytesFetched(deviceId: string, sha256: string): Promise<number> {
  const row = await stack.ctx.db.prisma.artifactFetch.findUnique({ where: { deviceId_sha256: { deviceId, sha256 } } });
  return Number(row?.bytes ?? 0);
}

describe("GET /device/v1/assignment", () => {
  it("names the release, its signed envelope and every file", async () => {
    const { status, headers, body } = await device.call("GET", "/device/v1/assignment");
    const assignment = assignmentSchema.parse(body);
    expect([status, headers.etag, assignment.seq]).toEqual([200, '"7"', 7]);
    expect(assignment.artifacts.map(({ name }) => name)).toEqual(["model.onnx", "golden-input-0.npy"]);
    expect(readReleaseManifest(assignment.envelope, [stack.signer.trustedKey]).releaseId).toBe(release.releaseId);
  });

  it("answers 304 for the number that the device has, 200 for an older one", async () => {
    for (const [etag, status] of [
      ['"7"', 304],
      ['W/"7"', 304],
      ['"1", "7"', 304],
      ["*", 304],
      ['"6"', 200],
    ] as const) {
      expect([etag, (await device.call("GET", "/device/v1/assignment", { headers: { "if-none-match": etag } })).status]).toEqual([
        etag,
        status,
      ]);
    }
  });

  it("answers 204 where nothing is assigned", async () => {
    expect((await (await stack.enrol()).call("GET", "/device/v1/assignment")).status).toBe(204);
  });
});

describe("GET /device/v1/artifacts/<sha256>", () => {
  it("gives the whole, with its digest as the tag, and counts the bytes", async () => {
    const { status, headers, bytes } = await device.call("GET", artifact);
    expect([status, headers.etag, headers["accept-ranges"], bytes.equals(model)]).toEqual([200, `"${release.sha256}"`, "bytes", true]);
    await vi.waitFor(async () => expect(await bytesFetched(device.id, release.sha256)).toBe(model.length));
  });

  it.each([
    ["bytes=0-99", 206, 0, 100],
    ["bytes=299990-", 206, 299_990, 10],
    ["bytes=-10", 206, 299_990, 10],
    ["bytes=299999-400000", 206, 299_999, 1],
    ["bytes=0-1,5-6", 200, 0, 300_000],
  ])("answers Range: %s", async (range, status, start, length) => {
    const answer = await device.call("GET", artifact, { headers: { range } });
    expect([answer.status, answer.bytes.equals(model.subarray(start, start + length))]).toEqual([status, true]);
    if (status === 206) expect(answer.headers["content-range"]).toBe(`bytes ${start}-${start + length - 1}/${model.length}`);
  });

  it("answers 416 with the size for a range behind the end", async () => {
    const answer = await device.call("GET", artifact, { headers: { range: "bytes=300000-" } });
    expect([answer.status, answer.headers["content-range"]]).toEqual([416, "bytes */300000"]);
  });

  it("serves the range only while If-Range names the same bytes", async () => {
    const same = await device.call("GET", artifact, { headers: { range: "bytes=1-", "if-range": `"${release.sha256}"` } });
    const other = await device.call("GET", artifact, { headers: { range: "bytes=1-", "if-range": '"other"' } });
    expect([same.status, other.status]).toEqual([206, 200]);
  });

  it("answers HEAD without bytes, and 304 to who has it", async () => {
    const head = await device.call("HEAD", artifact);
    expect([head.status, head.headers["content-length"], head.bytes.length]).toEqual([200, "300000", 0]);
    expect((await device.call("GET", artifact, { headers: { "if-none-match": `"${release.sha256}"` } })).status).toBe(304);
  });

  it("counts only what was sent to a device that goes away", async () => {
    const away = await stack.enrol();
    const large = await stack.release(randomBytes(20_000_000));
    await stack.assign(away.id, large);
    await new Promise<void>((resolve) => {
      const outgoing = request(
        { host: "localhost", port: stack.port, path: `/device/v1/artifacts/${large.sha256}`, ...away.tls, agent: false },
        (response) => {
          response.once("data", () => outgoing.destroy());
          response.once("error", () => resolve());
          response.once("close", () => resolve());
        },
      );
      outgoing.on("error", () => undefined);
      outgoing.end();
    });
    await vi.waitFor(async () => expect(await bytesFetched(away.id, large.sha256)).toBeGreaterThan(0));
    expect(await bytesFetched(away.id, large.sha256)).toBeLessThan(20_000_000);
  });
});

describe("another's artifact", () => {
  it("is not there for a device without it, and the operator sees who asked", async () => {
    const other = await stack.enrol();
    await stack.assign(other.id, await stack.release(randomBytes(10)));
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const answer = await other.call("GET", artifact);
      expect([answer.status, answer.body?.["code"]]).toEqual([404, "NOT_ASSIGNED"]);
    }
    const events = await stack.securityEvents(other.id);
    expect(events).toHaveLength(1);
    expect(events[0]?.reasonCode).toBe("NOT_ASSIGNED");
    expect(events[0]?.reasonMessage).toContain(release.sha256.slice(0, 12));
    expect(await bytesFetched(other.id, release.sha256)).toBe(0);
  });

  it("asked for by the hundred is a handful of lines in the device's history, and the last one says so", async () => {
    const other = await stack.enrol();
    const { clock } = stack.ctx;
    // The middle of ten minutes: the count begins anew at their end.
    const middle = new Date(Math.floor(Date.now() / 600_000) * 600_000 + 300_000);
    stack.ctx.clock = () => middle;
    for (let attempt = 0; attempt < 60; attempt += 1) await other.call("GET", `/device/v1/artifacts/${randomBytes(32).toString("hex")}`);
    stack.ctx.clock = clock;
    const events = await stack.securityEvents(other.id);
    expect(events).toHaveLength(21);
    expect(events.filter(({ reasonMessage }) => reasonMessage?.includes("more than 20 times") === true)).toHaveLength(1);
  });

  it("looks the same whether it exists or not, and a path is no digest", async () => {
    const other = await stack.enrol();
    for (const name of [release.sha256, "f".repeat(64), "..%2f..%2fca-key.pem", "ca-key.pem"]) {
      const answer = await other.call("GET", `/device/v1/artifacts/${name}`);
      expect([answer.status, answer.body?.["code"]]).toEqual([404, "NOT_ASSIGNED"]);
    }
  });

  it("is gone once the assignment names another release", async () => {
    const moved = await stack.enrol();
    await stack.assign(moved.id, release, 1);
    expect((await moved.call("GET", artifact)).status).toBe(200);
    await stack.assign(moved.id, await stack.release(randomBytes(20)), 2);
    expect((await moved.call("GET", artifact)).status).toBe(404);
  });
});
