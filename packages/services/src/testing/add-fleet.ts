import { randomUUID } from "node:crypto";
import type { DeviceProfile, DeviceState, ReleaseManifest, StateReport } from "@flotilla/contracts";
import type { Device, DeviceStatus, Group, Release } from "@flotilla/db";
import type { Actor, ServiceContext } from "../context.ts";
import { addModelVersion, addVariant, sha256Of } from "./add-rows.ts";

export const testProfile: DeviceProfile = {
  name: "linux-x64-cpu",
  arch: "x64",
  os: "linux",
  cpuModel: "test",
  cpuCount: 2,
  cpuFlags: [],
  memoryBytes: 2 ** 30,
  diskFreeBytes: 2 ** 30,
  runtimes: [{ name: "onnxruntime", version: "1.30.0", providers: ["cpu"], maxOpset: 25 }],
  agentVersion: "0.1.0",
};

export interface DeviceOptions {
  name?: string;
  state?: DeviceState;
  tags?: Record<string, string>;
  profile?: Partial<DeviceProfile>;
  status?: Partial<Omit<DeviceStatus, "deviceId" | "organisationId" | "probe">>;
}

/** An enrolled device that is online and runs nothing, unless said otherwise. */
export function addDevice(ctx: ServiceContext, organisationId: string, options: DeviceOptions = {}): Promise<Device> {
  const id = randomUUID();
  const profile = { ...testProfile, ...options.profile };
  return ctx.db.prisma.device.create({
    data: {
      id,
      organisationId,
      name: options.name ?? id.slice(0, 8),
      state: options.state ?? "ACTIVE",
      keySha256: sha256Of(id),
      fingerprint: sha256Of(id).slice(0, 16),
      profile,
      profileName: profile.name,
      tags: options.tags ?? {},
      createdAt: ctx.clock(),
      status: { create: { organisationId, online: true, lastSeenAt: ctx.clock(), ...options.status } },
    },
  });
}

/** Devices `cam-1`, `cam-2`, … and the static group that holds them. */
export async function addFleet(ctx: ServiceContext, organisationId: string, count: number): Promise<{ devices: Device[]; group: Group }> {
  const devices: Device[] = [];
  for (let n = 1; n <= count; n += 1) devices.push(await addDevice(ctx, organisationId, { name: `cam-${n}` }));
  return { devices, group: await addStaticGroup(ctx, organisationId, devices) };
}

export function addStaticGroup(ctx: ServiceContext, organisationId: string, devices: readonly Device[]): Promise<Group> {
  const members = devices.map(({ id }) => ({ deviceId: id, organisationId }));
  return ctx.db.prisma.group.create({
    data: { organisationId, name: `group ${randomUUID()}`, kind: "static", members: { create: members } },
  });
}

export interface ReadyRelease {
  release: Release;
  variant: { id: string; sha256: string };
}

/** A release of one int8 variant as `build-release` leaves it; the signature is nobody's. */
export async function addReadyRelease(ctx: ServiceContext, actor: Actor, name: string, profiles: string[] = []): Promise<ReadyRelease> {
  const { version } = await addModelVersion(ctx, actor, `${name} ${randomUUID()}`);
  const variant = await addVariant(ctx, version, { name: "int8", sizeBytes: 300 });
  const { organisationId, userId } = actor;
  const releaseId = randomUUID();
  const manifest: ReleaseManifest = {
    schemaVersion: 1,
    releaseId,
    organisationId: randomUUID(),
    modelId: version.modelId,
    modelName: name,
    version: 1,
    counter: 1,
    createdAt: ctx.clock().toISOString(),
    inputs: [],
    outputs: [],
    preprocessing: null,
    labels: [],
    variants: [
      {
        id: variant.id,
        name: "int8",
        model: { name: "model.onnx", sha256: variant.sha256, sizeBytes: 300 },
        runtime: "onnxruntime",
        opset: 17,
        profiles,
        predictedMemoryBytes: 1000,
      },
    ],
    golden: { count: 1, inputs: [{ name: "golden-input-0.npy", sha256: sha256Of(releaseId), sizeBytes: 50 }], outputs: [] },
    gates: { goldenAgreementMin: null, latencyP95MaxMs: null, latencyP95MaxRatio: null, memoryMaxBytes: null, memoryMaxRatio: null },
  };
  const release = await ctx.db.prisma.release.create({
    data: {
      id: releaseId,
      organisationId,
      modelId: version.modelId,
      modelVersionId: version.id,
      name,
      counter: 1,
      variantIds: [variant.id],
      gates: {},
      state: "READY",
      manifest,
      envelope: { payloadType: "t", payload: "", signatures: [] },
      createdBy: userId,
      createdAt: ctx.clock(),
    },
  });
  return { release, variant: { id: variant.id, sha256: variant.sha256 } };
}

let reportNumber = 0;

/** A state report of a device's only boot; each has the next number. */
export function stateReport(fields: Partial<StateReport> & Pick<StateReport, "seq" | "phase">): StateReport {
  reportNumber += 1;
  return {
    kind: "state",
    bootId: "7b0b3b5e-6d1e-4f0e-9a0a-0d6f6f7f6f00",
    n: reportNumber,
    at: new Date().toISOString(),
    releaseId: null,
    variantSha256: null,
    running: null,
    standby: null,
    ...fields,
  };
}
