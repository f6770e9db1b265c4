import {
  type AgentPhase,
  type ProbeResult,
  type Reason,
  type RolloutGates,
  type RolloutOptions,
  rolloutOptionsSchema,
  type StageSpec,
} from "@flotilla/contracts";
import type { RolloutDeviceView, RolloutView } from "@flotilla/contracts/views";
import type { Device, Group } from "@flotilla/db";
import { applyReports } from "../device-plane/apply-reports.ts";
import { advanceRollout } from "../rollouts/advance-rollout.ts";
import { createRollout } from "../rollouts/create-rollout.ts";
import { getRollout } from "../rollouts/get-rollout.ts";
import { listRolloutDevices } from "../rollouts/list-rollout-devices.ts";
import { addFleet, addReadyRelease, type ReadyRelease, stateReport } from "./add-fleet.ts";
import type { TestContext, TestOrganisation } from "./create-test-context.ts";

const PHASES: readonly AgentPhase[] = ["PREFLIGHT", "DOWNLOADING", "VERIFYING", "ACTIVATING", "PROBING"];

export const canaryThenAll: StageSpec[] = [
  { name: "canary", target: { kind: "count", count: 1 }, soakSeconds: 0, deadlineSeconds: 600, manual: false },
  { name: "60 %", target: { kind: "percent", percent: 60 }, soakSeconds: 0, deadlineSeconds: 600, manual: false },
  { name: "all", target: { kind: "percent", percent: 100 }, soakSeconds: 0, deadlineSeconds: 600, manual: false },
];

export const testGates: RolloutGates = {
  failureRateMax: 0.1,
  minimumSample: 3,
  goldenAgreementMin: 0.99,
  latencyP95MaxRatio: 1.5,
  memoryMaxRatio: 1.5,
};

export const goodProbe: ProbeResult = {
  goldenCount: 8,
  goldenAgreement: 1,
  latencyP50Ms: 3,
  latencyP95Ms: 4,
  baselineP95Ms: 5,
  memoryBytes: 100,
  baselineMemoryBytes: 100,
};

/** A fleet of one organisation, whose agents a test speaks for, and whose clock it moves. */
export class RolloutWorld {
  readonly test: TestContext;
  readonly organisation: TestOrganisation;
  readonly devices: Device[];
  readonly group: Group;
  now = new Date("2026-03-01T12:00:00Z");

  private constructor(test: TestContext, organisation: TestOrganisation, devices: Device[], group: Group) {
    this.test = test;
    this.organisation = organisation;
    this.devices = devices;
    this.group = group;
  }

  static async create(test: TestContext, deviceCount: number): Promise<RolloutWorld> {
    const organisation = await test.addOrganisation();
    const { devices, group } = await addFleet(test.ctx, organisation.organisationId, deviceCount);
    const world = new RolloutWorld(test, organisation, devices, group);
    world.pass(0);
    return world;
  }

  get ctx() {
    return this.test.ctx;
  }
  get operator() {
    return this.organisation.actor.operator;
  }

  pass(seconds: number): void {
    this.now = new Date(this.now.getTime() + seconds * 1000);
    this.test.setNow(this.now);
  }

  release(name: string): Promise<ReadyRelease> {
    return addReadyRelease(this.ctx, this.organisation.actor.engineer, name);
  }

  async start(
    { release }: ReadyRelease,
    change: { stages?: StageSpec[]; gates?: Partial<RolloutGates>; group?: Group; options?: Partial<RolloutOptions> } = {},
  ) {
    const { id } = await createRollout(this.ctx, this.operator, {
      name: `to ${release.name}`,
      releaseId: release.id,
      groupId: (change.group ?? this.group).id,
      stages: change.stages ?? canaryThenAll,
      gates: { ...testGates, ...change.gates },
      options: rolloutOptionsSchema.parse(change.options ?? {}),
      start: true,
    });
    return id;
  }

  view(id: string): Promise<RolloutView> {
    return getRollout(this.ctx, this.operator, id);
  }

  async devicesOf(id: string): Promise<RolloutDeviceView[]> {
    return (await listRolloutDevices(this.ctx, this.operator, { id })).items;
  }

  /** Device ids by their state in a rollout. */
  async inState(id: string, state: string): Promise<string[]> {
    return (await this.devicesOf(id)).filter((device) => device.state === state).map(({ deviceId }) => deviceId);
  }

  assignment(deviceId: string) {
    return this.ctx.db.prisma.assignment.findUnique({ where: { deviceId } });
  }

  async report(deviceId: string, phase: AgentPhase, fields: { reason?: Reason; probe?: ProbeResult; running?: ReadyRelease | null } = {}) {
    const assigned = await this.assignment(deviceId);
    const { running, ...rest } = fields;
    const proved =
      running === null || running === undefined ? null : { releaseId: running.release.id, variantSha256: running.variant.sha256 };
    const status = await this.ctx.db.prisma.deviceStatus.findUniqueOrThrow({ where: { deviceId } });
    const before =
      status.runningReleaseId === null || status.runningVariantSha256 === null
        ? null
        : { releaseId: status.runningReleaseId, variantSha256: status.runningVariantSha256 };
    const report = stateReport({
      seq: assigned?.seq ?? 0,
      releaseId: assigned?.releaseId ?? null,
      phase,
      running: proved ?? before,
      ...rest,
    });
    await applyReports(this.ctx, [{ deviceId, report }]);
  }

  /** The device takes what it was assigned, through every phase, as its agent reports it. */
  async succeed(deviceId: string, release: ReadyRelease, probe: ProbeResult = goodProbe): Promise<void> {
    for (const phase of PHASES) await this.report(deviceId, phase);
    await this.report(deviceId, "ACTIVE", { running: release, probe });
  }

  /** One second later the controller looks. */
  async step(id: string): Promise<boolean> {
    this.pass(1);
    return (await advanceRollout(this.ctx, { rolloutId: id })).changed;
  }

  /** Every device that was told to takes the release, until nothing is left to do. */
  async finish(id: string, release: ReadyRelease): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) {
      const ids = await this.inState(id, "ASSIGNED");
      if (ids.length === 0) return;
      for (const deviceId of ids) await this.succeed(deviceId, release);
      await this.step(id);
    }
    throw new Error("the rollout does not end");
  }

  setOnline(deviceId: string, online: boolean) {
    return this.ctx.db.prisma.deviceStatus.update({ where: { deviceId }, data: { online } });
  }
}
