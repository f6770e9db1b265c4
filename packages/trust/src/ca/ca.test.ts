import { generateKeyPairSync, randomUUID, X509Certificate } from "node:crypto";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCsr, createDeviceKeyAndCsr, fingerprintOf } from "../verify/index.ts";
import { type Ca, loadOrCreateCa } from "./ca.ts";
import { readCsr } from "./read-csr.ts";

const DAY_MS = 86_400_000;
let directory: string;
let ca: Ca;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "flotilla-ca-"));
  ca = await loadOrCreateCa(directory);
});
afterAll(async () => await rm(directory, { recursive: true }));

const daysOf = (certificate: X509Certificate): number => Math.round((certificate.validToDate.getTime() - Date.now()) / DAY_MS);

describe("the CA", () => {
  it("signs for ten years, may not sign other CAs, and is made once by processes that start together", async () => {
    const fresh = path.join(directory, "together");
    const made = await Promise.all(Array.from({ length: 4 }, async () => await loadOrCreateCa(fresh)));
    expect(new Set(made.map(({ certificatePem }) => certificatePem)).size).toBe(1);
    const certificate = new X509Certificate(ca.certificatePem);
    expect([certificate.ca, daysOf(certificate)]).toEqual([true, 3652]);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
  });

  it("keeps its files to itself and leaves no temporary ones", async () => {
    const files = await readdir(directory, { withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      expect(file.name.endsWith(".tmp")).toBe(false);
      expect((await stat(path.join(directory, file.name))).mode & 0o777).toBe(0o600);
    }
  });
});

describe("a device certificate", () => {
  it("names the device, holds the request's key, lasts 90 days, and is for clients only", async () => {
    const id = randomUUID();
    const key = createDeviceKeyAndCsr();
    const { certificatePem, serial, expiresAt } = await ca.issueDevice(key.csrPem, id);
    const certificate = new X509Certificate(certificatePem);
    expect(certificate.subject).toBe(`CN=${id}`);
    expect(certificate.verify(new X509Certificate(ca.certificatePem).publicKey)).toBe(true);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect([certificate.ca, daysOf(certificate), certificate.serialNumber.toLowerCase()]).toEqual([false, 90, serial]);
    expect(expiresAt.getTime()).toBe(certificate.validToDate.getTime());
    expect((await readCsr(createCsr(key.privateKeyPem).csrPem)).keySha256).toBe(key.keySha256);
  });

  it("never outlives the CA", async () => {
    const certificate = new X509Certificate((await ca.issueDevice(createDeviceKeyAndCsr().csrPem, randomUUID(), 10_000)).certificatePem);
    expect(certificate.validToDate).toEqual(new X509Certificate(ca.certificatePem).validToDate);
  });

  it("is not given for another kind of key, a broken request, or one that another key signed", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
    const p384 = createCsr(privateKey.export({ type: "pkcs8", format: "pem" }).toString()).csrPem;
    for (const csr of [p384, "", "-----BEGIN CERTIFICATE REQUEST-----\nMAAA\n-----END CERTIFICATE REQUEST-----", "x".repeat(20_000)]) {
      await expect(ca.issueDevice(csr, randomUUID())).rejects.toMatchObject({ code: "CSR_INVALID" });
    }
  });
});

describe("service certificates", () => {
  it("are kept, and made anew for another name or near their end", async () => {
    const first = await ca.issueServer(["localhost", "127.0.0.1"], directory);
    expect(await ca.issueServer(["localhost", "127.0.0.1"], directory)).toEqual(first);
    const wider = await ca.issueServer(["localhost", "fleet.example"], directory);
    expect(wider.certPem).not.toBe(first.certPem);
    expect(new X509Certificate(wider.certPem).checkHost("fleet.example")).toBe("fleet.example");
    const later = await loadOrCreateCa(directory, () => new Date(Date.now() + 350 * DAY_MS));
    expect((await later.issueServer(["localhost", "fleet.example"], directory)).certPem).not.toBe(wider.certPem);
  });

  it("of another CA are not taken over", async () => {
    const shared = path.join(directory, "shared");
    const first = await ca.issueClient("service:gateway", shared);
    const other = await loadOrCreateCa(path.join(directory, "other"));
    const second = await other.issueClient("service:gateway", shared);
    expect(second.certPem).not.toBe(first.certPem);
    expect(new X509Certificate(second.certPem).subject).toBe("CN=service:gateway");
  });
});

it("a fingerprint is six characters that can be read aloud", () => {
  expect(fingerprintOf("0".repeat(64))).toBe("000000");
  expect(fingerprintOf("f".repeat(64))).toBe("ZZZZZZ");
  expect(fingerprintOf(createDeviceKeyAndCsr().keySha256)).toMatch(/^[0-9A-HJKMNP-TV-Z]{6}$/);
});
