import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { createDeviceKeyAndCsr } from "@flotilla/trust/verify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { downloadFile } from "./download-file.ts";
import { HttpsClient } from "./https-client.ts";
import { DeviceServer } from "../../test/device-server.ts";

const root = await mkdtemp(join(tmpdir(), "agent-download-"));
const bytes = randomBytes(3_000_000);
const sha256 = createHash("sha256").update(bytes).digest("hex");
const file = { name: "model.onnx", sha256, sizeBytes: bytes.length };
let server: DeviceServer;
let client: HttpsClient;

beforeAll(async () => {
  server = await DeviceServer.start(join(root, "server"));
  const { csrPem, privateKeyPem } = createDeviceKeyAndCsr();
  const { certificatePem } = await server.ca.issueDevice(csrPem, randomUUID());
  client = new HttpsClient(server.url, { ca: server.ca.certificatePem, cert: certificatePem, key: privateKeyPem });
  server.files.set(sha256, bytes);
});

afterAll(async () => {
  client.close();
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

async function fetchTo(directory: string): Promise<void> {
  await downloadFile({
    client,
    directory: join(root, directory),
    file,
    signal: AbortSignal.timeout(10_000),
    idleMs: 300,
    onBytes: () => undefined,
  });
}

describe("one file", () => {
  it("is fetched once: what lies there complete costs no byte", async () => {
    await fetchTo("whole");
    await fetchTo("whole");
    expect(server.sentBytes.get(sha256)).toBe(bytes.length);
    expect((await readFile(join(root, "whole", sha256))).equals(bytes)).toBe(true);
  });

  it.each([1, 1_048_576, 2_999_999, 3_000_000])("goes on after %i bytes with exactly the rest", async (have) => {
    const directory = join(root, `from-${have}`);
    await fetchTo("whole");
    server.sentBytes.clear();
    await mkdir(directory);
    await writeFile(join(directory, `${sha256}.partial`), bytes.subarray(0, have));
    await fetchTo(`from-${have}`);
    expect(server.sentBytes.get(sha256) ?? 0).toBe(bytes.length - have);
    expect((await readFile(join(directory, sha256))).equals(bytes)).toBe(true);
  });

  it("whose first part is wrong on the disk is found out, deleted, and right the next time: nobody tampered with it", async () => {
    const directory = join(root, "rotten");
    await fetchTo("rotten");
    await rm(join(directory, sha256));
    await writeFile(join(directory, `${sha256}.partial`), randomBytes(1_000_000));
    await expect(fetchTo("rotten")).rejects.toThrow("fetched from the beginning");
    await fetchTo("rotten");
    expect((await readFile(join(directory, sha256))).equals(bytes)).toBe(true);
  });

  it("of which no more bytes come is given up after the idle time, keeping what is there", async () => {
    server.faults.set(sha256, "stall");
    await expect(fetchTo("stalled")).rejects.toThrow();
    server.faults.clear();
    expect((await stat(join(root, "stalled", `${sha256}.partial`))).size).toBe(1000);
    await fetchTo("stalled");
    expect((await readFile(join(root, "stalled", sha256))).equals(bytes)).toBe(true);
  });

  it("that is longer than signed is cut off at its length", async () => {
    server.faults.set(sha256, "long");
    await expect(fetchTo("long")).rejects.toMatchObject({ code: "LENGTH_MISMATCH", message: expect.stringContaining("3000000") });
    server.faults.clear();
    expect((await stat(join(root, "long", `${sha256}.partial`))).size).toBeLessThanOrEqual(bytes.length);
  });
});
