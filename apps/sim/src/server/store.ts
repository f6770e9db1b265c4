import type { ProbeResult, Reason, RolloutDeviceState, RolloutGates, RolloutState, StageSpec } from "@flotilla/contracts";
import type { RolloutSnapshot, RolloutEffect } from "@flotilla/domain";
import type { ReportCursor } from "@flotilla/services/admit-report";
import type { SimRelease } from "../people/make-release.ts";

export type Running = { releaseId: string; variantSha256: string } | null;

export interface DeviceRow extends ReportCursor {
  readonly id: string;
  readonly name: string;
  revoked: boolean;
  online: boolean;
  phase: string | null;
  seq: number;
  running: Running;
}

export interface AssignmentRow {
  seq: number;
  release: SimRelease;
  rolloutId: string | null;
  previous: SimRelease | null;
}

export interface RolloutDeviceRow {
  readonly deviceId: string;
  readonly stageIndex: number;
  state: RolloutDeviceState;
  seq: number | null;
  previous: SimRelease | null;
  reason: Reason | null;
  probe: ProbeResult | null;
  settled: boolean;
  assignedAt: Date | null;
  updatedAt: Date;
}

export interface RolloutRow {
  readonly id: string;
  readonly name: string;
  readonly release: SimRelease;
  readonly gates: RolloutGates;
  state: RolloutState;
  stages: RolloutSnapshot["stages"];
  readings: RolloutSnapshot["readings"];
  why: RolloutSnapshot["why"];
  startedAt: Date | null;
  finishedAt: Date | null;
  devices: RolloutDeviceRow[];
}

export interface OutboxRow {
  readonly id: number;
  readonly deviceId: string;
  readonly hint: { seq: number; spreadSeconds: number };
}

/** What is written when a person or the controller decides. */
export interface Scope {
  readonly rollout: RolloutRow;
  readonly now: Date;
}

export type EffectOf<K extends RolloutEffect["kind"]> = Extract<RolloutEffect, { kind: K }>;

/** The tables that the device plane and the rollouts live in. Each use case changes them in one go: that is its transaction. */
export class Store {
  readonly devices = new Map<string, DeviceRow>();
  readonly assignments = new Map<string, AssignmentRow>();
  readonly rollouts = new Map<string, RolloutRow>();
  readonly releases = new Map<string, SimRelease>();
  outbox: OutboxRow[] = [];
  #outboxId = 0;

  addDevice(id: string, name: string): void {
    this.devices.set(id, {
      id,
      name,
      revoked: false,
      online: false,
      phase: null,
      seq: 0,
      running: null,
      bootId: null,
      lastN: -1,
      earlierBootIds: [],
    });
  }

  device(id: string): DeviceRow {
    const row = this.devices.get(id);
    if (row === undefined) throw new Error(`no device ${id}`);
    return row;
  }

  addRollout(row: Pick<RolloutRow, "id" | "name" | "release" | "gates">, stages: readonly StageSpec[]): RolloutRow {
    const rollout: RolloutRow = {
      ...row,
      state: "DRAFT",
      stages: stages.map((spec, index) => ({
        index,
        spec,
        state: "WAITING",
        startedAt: null,
        soakUntil: null,
        deadlineAt: null,
        finishedAt: null,
      })),
      readings: [],
      why: null,
      startedAt: null,
      finishedAt: null,
      devices: [],
    };
    this.rollouts.set(row.id, rollout);
    return rollout;
  }

  announce(deviceId: string, seq: number): void {
    this.#outboxId += 1;
    this.outbox.push({ id: this.#outboxId, deviceId, hint: { seq, spreadSeconds: 0 } });
  }

  get live(): RolloutRow[] {
    return [...this.rollouts.values()].filter(({ state }) => ["RUNNING", "PAUSED", "HALTED", "REVERTING"].includes(state));
  }
}
