import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createFileBlobStore } from "@flotilla/blob";
import { type DeviceProfile, RELEASE_PAYLOAD_TYPE, type ReleaseManifest } from "@flotilla/contracts";
import { createTestDatabase, type TestDatabase } from "@flotilla/db/testing";
import { createLogger } from "@flotilla/logger";
import type { DevicePlaneContext } from "@flotilla/services";
import { loadOrCreateCa } from "@flotilla/trust/ca";
import { loadOrCreateSigner, type Signer } from "@flotilla/trust/sign";
import { createDeviceKeyAndCsr, type DeviceKeyAndCsr } from "@flotilla/trust/verify";
import { type Gateway, type GatewayOptions, startGateway } from "../start-gateway.ts";
import { type Answer, call, type Credentials } from "./device-client.ts";

export const PROFILE: DeviceProfile = {
  name: "linux-x64-cpu",
  arch: "x64",
  os: "linux",
  cpuModel: "test",
  cpuCount: 2,
  cpuFlags: [],
  memoryBytes: 2 ** 30,
  diskFreeBytes: 2 ** 30,
  runtimes: [],
  agentVersion: "0.1.0",
};

export interface TestDevice {
  id: string;
  tls: Required<Credentials>;
  call(method: string, path: string, options?: { body?: unknown; headers?: Record<string, string> }): Promise<Answer>;
}

/** A real gateway on a real database and file system, with what tests need to fill it. */
export class TestStack {
  readonly organisationId = randomUUID();
  readonly directory: string;
  readonly database: TestDatabase;
  readonly signer: Signer;
  readonly ctx: DevicePlaneContext;
  gateway: Gateway | null = null;

  private constructor(directory: string, database: TestDatabase, signer: Signer, ctx: DevicePlaneContext) {
    this.directory = directory;
    this.database = database;
    this.signer = signer;
    this.ctx = ctx;
  }

  static async create(): Promise<TestStack> {
    const directory = await mkdtemp(path.join(tmpdir(), "flotilla-gateway-"));
    const database = await createTestDatabase();
    const signer = await loadOrCreateSigner(directory);
    const ctx: DevicePlaneContext = {
      db: database.db,
      blob: createFileBlobStore({ directory: path.join(directory, "blobs") }),
      queue: { enqueue: () => Promise.reject(new Error("no queue here")) },
      clock: () => new Date(),
      logger: createLogger("gateway-test", "silent"),
      signerKeys: [signer.trustedKey],
      ca: await loadOrCreateCa(directory),
      brokerUrl: "mqtts://localhost:1",
    };
    const stack = new TestStack(directory, database, signer, ctx);
    await database.db.prisma.organization.create({ data: { id: stack.organisationId, name: "Test", slug: "test" } });
    return stack;
  }

  async start(options: Partial<GatewayOptions> = {}): Promise<void> {
    this.gateway = await startGateway({
      ctx: this.ctx,
      databaseUrl: this.database.url,
      secretsDirectory: this.directory,
      host: "127.0.0.1",
      port: 0,
      serverNames: ["localhost"],
      brokerUrl: null,
      random: Math.random,
      ...options,
    });
  }

  async close(): Promise<void> {
    await this.gateway?.stop();
    await this.database.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Without a certificate. */
  async call(method: string, path: string, options?: { body?: unknown; headers?: Record<string, string> }): Promise<Answer> {
    return await call(this.port, { ca: this.ctx.ca.certificatePem }, method, path, options);
  }

  get port(): number {
    return this.gateway?.port ?? 0;
  }

  async token(options: { maxUses?: number; expiresAt?: Date; groupId?: string; tags?: Record<string, string> } = {}): Promise<string> {
    const token = randomUUID();
    await this.ctx.db.prisma.enrolmentToken.create({
      data: {
        organisationId: this.organisationId,
        name: "test token",
        tokenSha256: createHash("sha256").update(token).digest("hex"),
        maxUses: options.maxUses ?? 100,
        expiresAt: options.expiresAt ?? new Date(Date.now() + 3_600_000),
        groupId: options.groupId ?? null,
        tags: options.tags ?? {},
        createdBy: "test",
      },
    });
    return token;
  }

  async askToEnrol(key: DeviceKeyAndCsr, token?: string): Promise<Answer> {
    const body = { csrPem: key.csrPem, name: "pi-1", profile: PROFILE, ...(token === undefined ? {} : { token }) };
    return await this.call("POST", "/device/v1/enrol", { body });
  }

  /** A device that is enrolled with a token. */
  async enrol(): Promise<TestDevice> {
    const key = createDeviceKeyAndCsr();
    return this.deviceOf(key, await this.askToEnrol(key, await this.token()));
  }

  deviceOf(key: DeviceKeyAndCsr, answer: Answer): TestDevice {
    const tls = { ca: this.ctx.ca.certificatePem, cert: String(answer.body?.["certificatePem"]), key: key.privateKeyPem };
    return {
      id: String(answer.body?.["deviceId"]),
      tls,
      call: async (method, path, options) => await call(this.port, tls, method, path, options),
    };
  }

  /** A signed release of one variant and a golden set, its blobs stored. Returns the model's digest. */
  async release(model: Buffer): Promise<{ releaseId: string; variantId: string; sha256: string }> {
    const { prisma } = this.ctx.db;
    const [releaseId, variantId, modelId, versionId] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const file = await this.#store("model.onnx", model);
    const owned = { organisationId: this.organisationId, createdBy: "test" };
    await prisma.model.create({ data: { id: modelId, organisationId: this.organisationId, name: `m-${modelId}` } });
    const version = { version: 1, fileName: "m.onnx", sha256: file.sha256, sizeBytes: 1, inspection: {}, card: {} };
    await prisma.modelVersion.create({ data: { id: versionId, modelId, ...owned, ...version } });
    const variant = { name: "fp32", recipe: [], cacheKey: "k", sha256: file.sha256, sizeBytes: 1, opset: 17 };
    await prisma.variant.create({ data: { id: variantId, organisationId: this.organisationId, modelVersionId: versionId, ...variant } });
    const manifest: ReleaseManifest = {
      schemaVersion: 1,
      releaseId,
      organisationId: randomUUID(),
      modelId,
      modelName: "m",
      version: 1,
      counter: 1,
      createdAt: new Date().toISOString(),
      inputs: [],
      outputs: [],
      preprocessing: null,
      labels: [],
      variants: [{ id: variantId, name: "fp32", model: file, runtime: "onnxruntime", opset: 17, profiles: [], predictedMemoryBytes: 0 }],
      golden: { count: 1, inputs: [await this.#store("golden-input-0.npy", Buffer.from(`in ${releaseId}`))], outputs: [] },
      gates: { goldenAgreementMin: null, latencyP95MaxMs: null, latencyP95MaxRatio: null, memoryMaxBytes: null, memoryMaxRatio: null },
    };
    const envelope = this.signer.sign(RELEASE_PAYLOAD_TYPE, Buffer.from(JSON.stringify(manifest)));
    await prisma.release.create({
      data: {
        id: releaseId,
        ...owned,
        modelId,
        modelVersionId: versionId,
        name: "m 1",
        counter: 1,
        variantIds: [variantId],
        gates: {},
        state: "READY",
        manifest,
        envelope,
      },
    });
    return { releaseId, variantId, sha256: file.sha256 };
  }

  async assign(deviceId: string, release: { releaseId: string; variantId: string }, seq = 1): Promise<void> {
    const { releaseId, variantId } = release;
    const row = { organisationId: this.organisationId, seq, releaseId, variantId };
    await this.ctx.db.prisma.assignment.upsert({ where: { deviceId }, create: { deviceId, ...row }, update: row });
  }

  async securityEvents(deviceId: string): Promise<{ reasonCode: string | null; reasonMessage: string | null }[]> {
    return await this.ctx.db.prisma.deviceEvent.findMany({
      where: { deviceId, kind: "security" },
      select: { reasonCode: true, reasonMessage: true },
    });
  }

  async #store(name: string, bytes: Buffer) {
    const { sha256, sizeBytes } = await this.ctx.blob.put(chunksOf(bytes), { maxBytes: bytes.length });
    return { name, sha256, sizeBytes };
  }
}

async function* chunksOf(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
