import { randomUUID } from "node:crypto";
import { X509Certificate } from "node:crypto";
import { createDeviceKeyAndCsr } from "@flotilla/trust/verify";
import { loadOrCreateCa } from "@flotilla/trust/ca";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { call } from "./testing/device-client.ts";
import { PROFILE, TestStack } from "./testing/test-stack.ts";

// Real processes on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let stack: TestStack;
beforeAll(async () => {
  stack = await TestStack.create();
  await stack.start();
});
afterAll(async () => await stack.close());

const deviceBy = async (keySha256: string) => await stack.ctx.db.prisma.device.findFirst({ where: { keySha256 } });

describe("enrolment with a token", () => {
  it("answers a certificate for the device's id, the CA, the broker and the keys of releases", async () => {
    const key = createDeviceKeyAndCsr();
    const { status, body } = await stack.askToEnrol(key, await stack.token({ tags: { site: "hall-2" } }));
    expect(status).toBe(201);
    const certificate = new X509Certificate(String(body?.["certificatePem"]));
    expect(certificate.subject).toBe(`CN=${String(body?.["deviceId"])}`);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(body).toMatchObject({ brokerUrl: "mqtts://localhost:1", trustedKeys: [{ keyid: stack.signer.keyid }] });
    expect(await deviceBy(key.keySha256)).toMatchObject({ state: "ACTIVE", tags: { site: "hall-2" }, profileName: PROFILE.name });
  });

  it("puts the device into the token's static group", async () => {
    const group = await stack.ctx.db.prisma.group.create({ data: { organisationId: stack.organisationId, name: "Hall", kind: "static" } });
    const key = createDeviceKeyAndCsr();
    const { body } = await stack.askToEnrol(key, await stack.token({ groupId: group.id }));
    const members = await stack.ctx.db.prisma.groupMember.findMany({ where: { groupId: group.id } });
    expect(members.map((member) => member.deviceId)).toEqual([body?.["deviceId"]]);
  });

  it.each([
    ["unknown", async () => randomUUID(), "TOKEN_INVALID"],
    ["expired", async () => await stack.token({ expiresAt: new Date(Date.now() - 1000) }), "TOKEN_EXPIRED"],
    ["used up", async () => await stack.token({ maxUses: 0 }), "TOKEN_USED_UP"],
  ])("refuses a token that is %s", async (_what, token, code) => {
    const answer = await stack.askToEnrol(createDeviceKeyAndCsr(), await token());
    expect([answer.status, answer.body?.["code"]]).toEqual([401, code]);
  });

  it("gives the last use to one of many devices that race for it", async () => {
    const token = await stack.token({ maxUses: 1 });
    const answers = await Promise.all(Array.from({ length: 6 }, async () => await stack.askToEnrol(createDeviceKeyAndCsr(), token)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 401, 401, 401, 401, 401]);
  });

  it("makes one device of each key when 16 come for the first time at once, each of them twice", async () => {
    const token = await stack.token({ maxUses: 16 });
    const keys = Array.from({ length: 16 }, () => createDeviceKeyAndCsr());
    const answers = await Promise.all([...keys, ...keys].map(async (key) => await stack.askToEnrol(key, token)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(new Set(answers.map(({ body }) => body?.["deviceId"])).size).toBe(16);
    const there = { keySha256: { in: keys.map(({ keySha256 }) => keySha256) } };
    expect(await stack.ctx.db.prisma.device.count({ where: there })).toBe(16);
    expect(await stack.ctx.db.prisma.deviceStatus.count({ where: { device: there } })).toBe(16);
  });

  it("answers a repeated request of the same key with the same device, and counts one use", async () => {
    const token = await stack.token({ maxUses: 1 });
    const key = createDeviceKeyAndCsr();
    const answers = await Promise.all([stack.askToEnrol(key, token), stack.askToEnrol(key, token)]);
    answers.push(await stack.askToEnrol(key, token));
    expect(new Set(answers.map(({ body }) => body?.["deviceId"])).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
  });

  it("refuses a request that is not signed by its own key, and what is no request", async () => {
    const pem = createDeviceKeyAndCsr().csrPem;
    const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ""), "base64");
    der[der.length - 1] = (der[der.length - 1] ?? 0) ^ 1;
    const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;
    for (const csrPem of [forged, "hello"]) {
      const answer = await stack.call("POST", "/device/v1/enrol", {
        body: { csrPem, name: "x", profile: PROFILE, token: await stack.token() },
      });
      expect([answer.status, answer.body?.["code"]]).toEqual([400, "CSR_INVALID"]);
    }
  });
});

describe("enrolment without a token", () => {
  it("waits until a person accepts, then gives the certificate to that key alone", async () => {
    const key = createDeviceKeyAndCsr();
    const first = await stack.askToEnrol(key);
    expect(first.status).toBe(202);
    expect(first.body).toMatchObject({ status: "pending", fingerprint: key.fingerprint });
    expect(Number(first.headers["retry-after"])).toBeGreaterThan(0);
    expect((await stack.askToEnrol(key)).status).toBe(202);

    const device = await deviceBy(key.keySha256);
    await stack.ctx.db.prisma.device.update({ where: { id: device!.id }, data: { state: "ACTIVE" } });
    const other = await stack.askToEnrol(createDeviceKeyAndCsr());
    expect(other.status).toBe(202);
    const accepted = await stack.askToEnrol(key);
    expect([accepted.status, accepted.body?.["deviceId"]]).toEqual([201, device!.id]);
    expect((await stack.deviceOf(key, accepted).call("GET", "/device/v1/assignment")).status).toBe(204);
  });

  it("shows a name without control characters and direction marks", async () => {
    const key = createDeviceKeyAndCsr();
    const body = { csrPem: key.csrPem, name: "pi\u202E\r\nevil", profile: PROFILE };
    await stack.call("POST", "/device/v1/enrol", { body });
    expect((await deviceBy(key.keySha256))?.name).toBe("pievil");
  });
});

describe("who may call", () => {
  it("asks for a certificate on every call but enrolment", async () => {
    for (const [method, url] of [
      ["GET", "/device/v1/assignment"],
      ["GET", `/device/v1/artifacts/${"0".repeat(64)}`],
      ["POST", "/device/v1/reports"],
      ["POST", "/device/v1/renew"],
    ] as const) {
      const answer = await stack.call(method, url, method === "POST" ? { body: {} } : {});
      expect([url, answer.status, answer.body?.["code"]]).toEqual([url, 401, "CERTIFICATE_REQUIRED"]);
    }
  });

  it("does not take a certificate of another CA for a device's", async () => {
    const device = await stack.enrol();
    const foreign = await loadOrCreateCa(path.join(stack.directory, "foreign"));
    const key = createDeviceKeyAndCsr();
    const { certificatePem } = await foreign.issueDevice(key.csrPem, device.id);
    const tls = { ca: stack.ctx.ca.certificatePem, cert: certificatePem, key: key.privateKeyPem };
    const answer = await call(stack.port, tls, "GET", "/device/v1/assignment");
    expect([answer.status, answer.body?.["code"]]).toEqual([401, "CERTIFICATE_REQUIRED"]);
  });

  it("does not take an ended certificate, and the same key can enrol again", async () => {
    const key = createDeviceKeyAndCsr();
    const enrolled = await stack.askToEnrol(key, await stack.token());
    const { certificatePem } = await stack.ctx.ca.issueDevice(key.csrPem, String(enrolled.body?.["deviceId"]), -1);
    const answer = await call(
      stack.port,
      { ca: stack.ctx.ca.certificatePem, cert: certificatePem, key: key.privateKeyPem },
      "GET",
      "/device/v1/assignment",
    );
    expect([answer.status, answer.body?.["code"]]).toEqual([401, "CERTIFICATE_REQUIRED"]);
    expect((await stack.askToEnrol(key)).body?.["deviceId"]).toBe(enrolled.body?.["deviceId"]);
  });

  it("knows the key of an ended certificate in a server of several organisations too, without a token", async () => {
    const key = createDeviceKeyAndCsr();
    const enrolled = await stack.askToEnrol(key, await stack.token());
    const { organization } = stack.ctx.db.prisma;
    const { id } = await organization.create({ data: { id: randomUUID(), name: "Theirs", slug: "theirs" } });
    try {
      const again = await stack.askToEnrol(key);
      expect([again.status, again.body?.["deviceId"]]).toEqual([201, enrolled.body?.["deviceId"]]);
      expect((await stack.askToEnrol(createDeviceKeyAndCsr())).body?.["code"]).toBe("TOKEN_INVALID");
    } finally {
      await organization.delete({ where: { id } });
    }
  });

  it("refuses a revoked device everywhere, and shows that it still asks", async () => {
    const key = createDeviceKeyAndCsr();
    const device = stack.deviceOf(key, await stack.askToEnrol(key, await stack.token()));
    await stack.ctx.db.prisma.device.update({ where: { id: device.id }, data: { state: "REVOKED", revokedAt: new Date() } });
    const answer = await device.call("GET", "/device/v1/assignment");
    expect([answer.status, answer.body?.["code"]]).toEqual([403, "DEVICE_REVOKED"]);
    expect((await stack.askToEnrol(key, await stack.token())).body?.["code"]).toBe("DEVICE_REVOKED");
    expect(await stack.securityEvents(device.id)).toMatchObject([{ reasonCode: "DEVICE_REVOKED" }]);
  });

  it("renews with a new key, for the same device", async () => {
    const device = await stack.enrol();
    const key = createDeviceKeyAndCsr();
    const answer = await device.call("POST", "/device/v1/renew", { body: { csrPem: key.csrPem, profile: PROFILE } });
    expect([answer.status, answer.body?.["deviceId"]]).toEqual([201, device.id]);
    expect((await stack.deviceOf(key, answer).call("GET", "/device/v1/assignment")).status).toBe(204);
  });
});

describe("the edge", () => {
  it.each([
    ["not JSON", "POST", "/device/v1/enrol", "nonsense", 400, "INVALID_INPUT"],
    ["too large", "POST", "/device/v1/enrol", { csrPem: "x".repeat(70_000) }, 413, "TOO_LARGE"],
    ["an unknown path", "GET", "/device/v1/secrets", undefined, 404, "NOT_FOUND"],
    ["a wrong method", "DELETE", "/device/v1/assignment", undefined, 404, "NOT_FOUND"],
  ])("answers %s with a code", async (_what, method, url, body, status, code) => {
    const answer = await stack.call(method, url, body === undefined ? {} : { body });
    expect([answer.status, answer.body?.["code"]]).toEqual([status, code]);
  });

  it("tells its health without a certificate", async () => {
    const answer = await stack.call("GET", "/health");
    expect(answer).toMatchObject({ status: 200, body: { status: "ok", broker: false } });
  });

  it("slows down an address that floods enrolment", async () => {
    const limited = await TestStack.create();
    await limited.start({ openLimit: { burst: 3, perSecond: 0.1 } });
    const answers = [];
    for (let index = 0; index < 4; index += 1) answers.push(await limited.askToEnrol(createDeviceKeyAndCsr()));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 429]);
    expect(answers[3]?.body).toMatchObject({ code: "RATE_LIMITED" });
    expect(answers[3]?.body?.["retryAfterSeconds"]).toSatisfy((seconds: number) => seconds >= 1 && seconds <= 10);
    await limited.close();
  });
});
