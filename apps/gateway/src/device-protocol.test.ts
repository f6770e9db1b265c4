import { createHash, createPublicKey, randomUUID, verify } from "node:crypto";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { request } from "node:https";
import path from "node:path";
import { promisify } from "node:util";
import {
  assignmentSchema,
  deviceErrorSchema,
  enrolRequestSchema,
  enrolResponseSchema,
  ERROR_CODES,
  type ErrorCode,
  hintSchema,
  presenceSchema,
  renewRequestSchema,
  reportsRequestSchema,
} from "@flotilla/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestStack } from "./testing/test-stack.ts";

const page = await readFile(new URL("../../../docs/device-protocol.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/^```(\S+)(?: (\S+))?\n(.*?)^```$/gms)].map(([, language, name, text = ""]) => ({ language, name, text }));
const schemas = {
  enrolRequest: enrolRequestSchema,
  enrolResponse: enrolResponseSchema,
  renewRequest: renewRequestSchema,
  assignment: assignmentSchema,
  reportsRequest: reportsRequestSchema,
  hint: hintSchema,
  presence: presenceSchema,
  deviceError: deviceErrorSchema,
};
const isNamed = (name: string): name is keyof typeof schemas => name in schemas;

describe("docs/device-protocol.md", () => {
  const examples = blocks.filter(({ language }) => language === "json");

  it("has an example of every message", () => {
    expect(new Set(examples.map(({ name }) => name))).toEqual(new Set(Object.keys(schemas)));
  });

  it.each(examples)("shows a valid $name", ({ name = "", text }) => {
    if (!isNamed(name)) throw new Error(`${name} is no message`);
    expect(schemas[name].safeParse(JSON.parse(text)).error).toBeUndefined();
  });

  it("names codes that exist, with their statuses", () => {
    const rows = [...page.matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+) \| (\d+) \|/gm)];
    expect(rows.length).toBeGreaterThan(8);
    for (const [, codes = "", status] of rows)
      for (const [, code = ""] of codes.matchAll(/`([A-Z_]+)`/g)) expect(ERROR_CODES[code as ErrorCode]?.status, code).toBe(Number(status));
  });

  it("shows the signed bytes of its example as they are", () => {
    const [text, hex] = (blocks.find(({ language }) => language === "pae")?.text ?? "").trim().split("\n");
    expect(Buffer.from(text ?? "").toString("hex")).toBe(hex);
    const [type, body] = ["application/vnd.flotilla.release+json", '{"a":1}'];
    expect(text).toBe(`DSSEv1 ${type.length} ${type} ${body.length} ${body}`);
  });
});

/** An agent written from the page alone: OpenSSL makes its key and request, Node's https and crypto do the rest; nothing of our packages. */
class Stranger {
  readonly #port: number;
  readonly #tls: { ca: string; cert?: string; key?: string };

  constructor(port: number, tls: { ca: string; cert?: string; key?: string }) {
    this.#port = port;
    this.#tls = tls;
  }

  async ask(method: string, target: string, body?: unknown, headers: Record<string, string> = {}) {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; etag: string; bytes: Buffer }>();
    const outgoing = request(
      { host: "localhost", port: this.#port, method, path: target, headers, agent: false, ...this.#tls },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, etag: response.headers.etag ?? "", bytes: Buffer.concat(chunks) }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    return await promise;
  }
}

describe("an agent that was written from the page", () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await TestStack.create();
    await stack.start();
  });
  afterAll(async () => await stack.close());

  it("enrols, is assigned a release, verifies and downloads it, and reports that it runs", async () => {
    const keyFile = path.join(stack.directory, "stranger-key.pem");
    const openssl = promisify(execFile);
    await openssl("openssl", ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", keyFile]);
    const csr = await openssl("openssl", ["req", "-new", "-key", keyFile, "-subj", "/CN=anything"]);
    const caPem = stack.ctx.ca.certificatePem;
    await writeFile(path.join(stack.directory, "stranger-ca.pem"), caPem);
    const example = JSON.parse(blocks.find(({ name }) => name === "enrolRequest")?.text ?? "{}") as Record<string, unknown>;
    const answer = await new Stranger(stack.port, { ca: caPem }).ask("POST", "/device/v1/enrol", {
      ...example,
      csrPem: csr.stdout,
      token: await stack.token(),
    });
    expect(answer.status).toBe(201);
    const enrolled = JSON.parse(answer.bytes.toString()) as Record<"deviceId" | "certificatePem", string> & {
      trustedKeys: { keyid: string; publicKeyPem: string }[];
    };
    const agent = new Stranger(stack.port, { ca: caPem, cert: enrolled.certificatePem, key: await readFile(keyFile, "utf8") });
    expect((await agent.ask("GET", "/device/v1/assignment")).status).toBe(204);

    const model = Buffer.from("a model's bytes");
    await stack.assign(enrolled.deviceId, await stack.release(model));
    const assigned = await agent.ask("GET", "/device/v1/assignment");
    const assignment = JSON.parse(assigned.bytes.toString()) as {
      seq: number;
      releaseId: string;
      variant: { model: { sha256: string } };
      envelope: { payloadType: string; payload: string; signatures: { keyid: string; sig: string }[] };
      artifacts: { sha256: string; sizeBytes: number }[];
    };
    expect((await agent.ask("GET", "/device/v1/assignment", undefined, { "if-none-match": assigned.etag })).status).toBe(304);
    const { payloadType, payload, signatures } = assignment.envelope;
    const body = Buffer.from(payload, "base64");
    const signed = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${body.length} `), body]);
    const key = enrolled.trustedKeys.find(({ keyid }) => keyid === signatures[0]?.keyid);
    const publicKey = createPublicKey(key?.publicKeyPem ?? "");
    expect(
      createHash("sha256")
        .update(publicKey.export({ type: "spki", format: "der" }))
        .digest("hex"),
    ).toBe(key?.keyid);
    expect(verify(null, signed, publicKey, Buffer.from(signatures[0]?.sig ?? "", "base64"))).toBe(true);
    expect((JSON.parse(body.toString()) as { releaseId: string }).releaseId).toBe(assignment.releaseId);

    for (const file of assignment.artifacts) {
      const first = await agent.ask("GET", `/device/v1/artifacts/${file.sha256}`, undefined, { range: "bytes=0-1" });
      const rest = await agent.ask("GET", `/device/v1/artifacts/${file.sha256}`, undefined, { range: "bytes=2-" });
      const bytes = Buffer.concat([first.bytes, rest.bytes]);
      expect([bytes.length, createHash("sha256").update(bytes).digest("hex")]).toEqual([file.sizeBytes, file.sha256]);
    }

    const running = { releaseId: assignment.releaseId, variantSha256: assignment.variant.model.sha256 };
    const report = { kind: "state", bootId: randomUUID(), n: 0, at: new Date().toISOString(), seq: assignment.seq, phase: "ACTIVE" };
    const reports = { reports: [{ ...report, ...running, running, standby: null }] };
    expect(JSON.parse((await agent.ask("POST", "/device/v1/reports", reports)).bytes.toString())).toEqual({ accepted: 1 });
    expect(JSON.parse((await agent.ask("POST", "/device/v1/reports", reports)).bytes.toString())).toEqual({ accepted: 0 });
    const status = await stack.ctx.db.prisma.deviceStatus.findUniqueOrThrow({ where: { deviceId: enrolled.deviceId } });
    expect(status.phase).toBe("ACTIVE");
  });
});
