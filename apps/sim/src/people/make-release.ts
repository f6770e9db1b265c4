import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { type Envelope, RELEASE_PAYLOAD_TYPE, type ReleaseFile, type ReleaseManifest, type TrustedKey } from "@flotilla/contracts";
import { keyIdOf, preAuthEncoding } from "@flotilla/trust/verify";
import type { Random } from "../kernel/random.ts";

/** How a release behaves. Only `good` ones may end ACTIVE. */
export const releaseTraits = [
  "good",
  "probe-fails",
  "host-crashes",
  "host-hangs",
  "crashes-later",
  "foreign-signature",
  "broken-signature",
  "tampered-bytes",
] as const;
export type ReleaseTrait = (typeof releaseTraits)[number];

export interface SimRelease {
  readonly id: string;
  readonly trait: ReleaseTrait;
  readonly counter: number;
  readonly manifest: ReleaseManifest;
  readonly envelope: Envelope;
  /** Of its only variant's model. */
  readonly sha256: string;
  readonly files: readonly ReleaseFile[];
  /** What was signed, by digest. */
  readonly bytes: ReadonlyMap<string, Buffer>;
}

/** An Ed25519 key out of a fixed seed (RFC 8410, PKCS#8): every history has the same. */
function keyOf(seed: number): { privateKey: KeyObject; trusted: TrustedKey } {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, seed)]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(privateKey);
  const publicKeyPem = publicKey.export({ type: "spki", format: "pem" }).toString();
  return { privateKey, trusted: { keyid: keyIdOf(publicKey), algorithm: "ed25519", publicKeyPem } };
}

const OWN = keyOf(1);
const FOREIGN = keyOf(2);
export const TRUSTED_KEYS: readonly TrustedKey[] = [OWN.trusted];
export const FOREIGN_KEY: TrustedKey = FOREIGN.trusted;
export const MODEL_ID = "6f0f3f0e-0000-4000-8000-000000000001";

function signed(manifest: ReleaseManifest, trait: ReleaseTrait): Envelope {
  const { privateKey, trusted } = trait === "foreign-signature" ? FOREIGN : OWN;
  const payload = Buffer.from(JSON.stringify(manifest));
  const covered = trait === "broken-signature" ? Buffer.from(`${JSON.stringify(manifest)} `) : payload;
  return {
    payloadType: RELEASE_PAYLOAD_TYPE,
    payload: payload.toString("base64"),
    signatures: [{ keyid: trusted.keyid, sig: sign(null, preAuthEncoding(RELEASE_PAYLOAD_TYPE, covered), privateKey).toString("base64") }],
  };
}

/** A release of the one model line, signed as the product signs. Its golden set is one of two, so that releases share files. */
export function makeRelease(random: Random, counter: number, trait: ReleaseTrait): SimRelease {
  const bytes = new Map<string, Buffer>();
  const add = (name: string, content: Buffer): ReleaseFile => {
    const sha256 = createHash("sha256").update(content).digest("hex");
    bytes.set(sha256, content);
    return { name, sha256, sizeBytes: content.length };
  };
  const model = add("model.onnx", Buffer.alloc(1500 + random.below(4000), `${random.uuid()} `));
  const golden = random.below(2);
  const input = add("golden-input-0.npy", Buffer.alloc(900 + golden, `input ${golden} `));
  const output = add("golden-output-0.npy", Buffer.alloc(300 + golden, `output ${golden} `));
  const manifest: ReleaseManifest = {
    schemaVersion: 1,
    releaseId: random.uuid(),
    organisationId: MODEL_ID,
    modelId: MODEL_ID,
    modelName: "m",
    version: counter,
    counter,
    createdAt: "2026-01-01T00:00:00.000Z",
    inputs: [{ name: "x", type: "float32", shape: ["batch", 4] }],
    outputs: [{ name: "y", type: "float32", shape: ["batch", 2] }],
    preprocessing: null,
    labels: [],
    variants: [
      { id: random.uuid(), name: "v", model, runtime: "onnxruntime", format: "onnx", opset: 17, profiles: [], predictedMemoryBytes: 1000 },
    ],
    golden: { count: 8, inputs: [input], outputs: [output] },
    gates: { goldenAgreementMin: 0.9, latencyP95MaxMs: null, latencyP95MaxRatio: 2, memoryMaxBytes: null, memoryMaxRatio: null },
  };
  return {
    id: manifest.releaseId,
    trait,
    counter,
    manifest,
    envelope: signed(manifest, trait),
    sha256: model.sha256,
    files: [model, input, output],
    bytes,
  };
}
