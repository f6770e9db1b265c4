import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Envelope, type FlotillaError, isFlotillaError, RELEASE_PAYLOAD_TYPE } from "@flotilla/contracts";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSigningKey, loadOrCreateSigner, type Signer } from "../sign/index.ts";
import { preAuthEncoding } from "./pae.ts";
import { readReleaseManifest } from "./read-release-manifest.ts";
import { verifyEnvelope } from "./verify-envelope.ts";

const TYPE = "application/vnd.flotilla.test";
let directory: string;
let signer: Signer;
let other: Signer;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "flotilla-trust-"));
  signer = await loadOrCreateSigner(path.join(directory, "a"));
  other = await loadOrCreateSigner(path.join(directory, "b"));
});
afterAll(async () => await rm(directory, { recursive: true }));

function codeOf(act: () => unknown): FlotillaError["code"] | "accepted" {
  try {
    act();
    return "accepted";
  } catch (error) {
    if (isFlotillaError(error)) return error.code;
    throw error;
  }
}

describe("DSSE", () => {
  it("encodes the specification's example", () => {
    const pae = preAuthEncoding("http://example.com/HelloWorld", Buffer.from("hello world"));
    expect(pae.toString()).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  });

  it("counts bytes, not characters", () => {
    expect(preAuthEncoding("ü", Buffer.from("ü")).toString()).toBe("DSSEv1 2 ü 2 ü");
  });

  it("gives back exactly what was signed", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (payload) => {
        expect(Buffer.from(verifyEnvelope(signer.sign(TYPE, payload), [signer.trustedKey], TYPE))).toEqual(Buffer.from(payload));
      }),
    );
  });

  it("refuses an envelope in which any one character was changed", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1 }),
        fc.nat(),
        fc.integer({ min: 1, max: 127 }),
        fc.constantFrom("payload", "sig", "payloadType", "keyid"),
        (payload, at, mask, field) => {
          const envelope = signer.sign(TYPE, payload);
          const [signature] = envelope.signatures;
          const flip = (text: string): string => {
            const bytes = Buffer.from(text);
            const index = at % bytes.length;
            bytes[index] = (bytes[index] ?? 0) ^ mask;
            return bytes.toString("latin1");
          };
          const changed: Envelope =
            field === "payload" || field === "payloadType"
              ? { ...envelope, [field]: flip(envelope[field]) }
              : { ...envelope, signatures: [{ keyid: signature!.keyid, sig: signature!.sig, [field]: flip(signature![field]) }] };
          expect(codeOf(() => verifyEnvelope(changed, [signer.trustedKey], TYPE))).not.toBe("accepted");
        },
      ),
      { numRuns: 500 },
    );
  });

  it("refuses another key, and another key under a trusted name", () => {
    const envelope = other.sign(TYPE, Buffer.from("x"));
    expect(codeOf(() => verifyEnvelope(envelope, [signer.trustedKey], TYPE))).toBe("SIGNED_BY_UNKNOWN_KEY");
    const renamed = { ...envelope, signatures: [{ keyid: signer.keyid, sig: envelope.signatures[0]!.sig }] };
    expect(codeOf(() => verifyEnvelope(renamed, [signer.trustedKey], TYPE))).toBe("SIGNATURE_INVALID");
    // A pinned key whose id is not the hash of its bytes.
    const lying = { ...other.trustedKey, keyid: signer.keyid };
    expect(codeOf(() => verifyEnvelope(renamed, [lying], TYPE))).toBe("SIGNATURE_INVALID");
    expect(codeOf(() => verifyEnvelope(envelope, [], TYPE))).toBe("SIGNED_BY_UNKNOWN_KEY");
  });

  it("accepts one trusted signature among unknown ones", () => {
    const envelope = signer.sign(TYPE, Buffer.from("x"));
    const both = { ...envelope, signatures: [...other.sign(TYPE, Buffer.from("x")).signatures, ...envelope.signatures] };
    expect(codeOf(() => verifyEnvelope(both, [signer.trustedKey], TYPE))).toBe("accepted");
  });

  it.each([
    ["no object", "nonsense"],
    ["no signature", { payloadType: TYPE, payload: "", signatures: [] }],
    ["another type", () => signer.sign("text/plain", Buffer.from("x"))],
    ["base64 that is not canonical", () => ({ ...signer.sign(TYPE, Buffer.from("x")), payload: "eB==" })],
  ])("refuses %s as no envelope", (_what, envelope) => {
    expect(codeOf(() => verifyEnvelope(typeof envelope === "function" ? envelope() : envelope, [signer.trustedKey], TYPE))).toBe(
      "ENVELOPE_INVALID",
    );
  });

  it("refuses a signed manifest that does not fit its schema", () => {
    for (const payload of ["not json", "{}", '{"schemaVersion":2}']) {
      const envelope = signer.sign(RELEASE_PAYLOAD_TYPE, Buffer.from(payload));
      expect(codeOf(() => readReleaseManifest(envelope, [signer.trustedKey]))).toBe("ENVELOPE_INVALID");
    }
  });
});

describe("the signing key", () => {
  it("is the same after a restart, readable by its owner only, and made once by processes that start together", async () => {
    const fresh = path.join(directory, "c");
    const signers = await Promise.all(Array.from({ length: 8 }, async () => await loadOrCreateSigner(fresh)));
    expect(new Set(signers.map(({ keyid }) => keyid)).size).toBe(1);
    expect((await loadOrCreateSigner(fresh)).keyid).toBe(signers[0]!.keyid);
    expect((await stat(path.join(fresh, "release-signing-key.pem"))).mode & 0o777).toBe(0o600);
    expect((await stat(fresh)).mode & 0o777).toBe(0o700);
  });

  it("is not replaced", async () => {
    await expect(createSigningKey(path.join(directory, "a"))).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("must be Ed25519", () => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    const envelope = signer.sign(TYPE, Buffer.from("x"));
    expect(codeOf(() => verifyEnvelope(envelope, [{ ...signer.trustedKey, publicKeyPem: pem }], TYPE))).toBe("SIGNATURE_INVALID");
  });
});
