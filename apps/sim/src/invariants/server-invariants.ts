import type { StateReport } from "@flotilla/contracts";
import { countsOf, type RolloutStep, type StateCount } from "@flotilla/domain";
import type { AssignmentRow, RolloutRow, Scope } from "../server/store.ts";
import type { World } from "../world.ts";

const ENDED: ReadonlySet<string> = new Set(["PAUSED", "HALTED", "CANCELLED", "COMPLETED", "REVERTED", "REVERTING"]);

/** What must hold on the server, in every transaction. */
export class ServerInvariants {
  readonly #world: World;
  readonly #highestSeq = new Map<string, number>();
  readonly #applied = new Set<string>();
  readonly #lastApplied = new Map<string, number>();
  /** Devices that had begun when their rollout was halted. */
  readonly #begunAtHalt = new Map<string, ReadonlySet<string>>();

  constructor(world: World) {
    this.#world = world;
  }

  #fail(invariant: string, message: string): void {
    this.#world.fail(invariant, `server: ${message}`);
  }

  numbered(deviceId: string, seq: number, { rollout }: Scope, assignment: AssignmentRow | null): void {
    const highest = this.#highestSeq.get(deviceId) ?? 0;
    if (seq <= highest) this.#fail("seq-never-goes-back", `assignment ${seq} of ${this.#name(deviceId)} comes after ${highest}`);
    this.#highestSeq.set(deviceId, Math.max(seq, highest));
    const isStart = assignment?.rolloutId === rollout.id && assignment.release === rollout.release;
    if (isStart && ENDED.has(rollout.state))
      this.#fail("no-start-after-a-halt", `${rollout.name} is ${rollout.state} and is assigned to ${this.#name(deviceId)}`);
  }

  applied(deviceId: string, report: StateReport): void {
    const key = `${deviceId} ${report.bootId} ${report.n}`;
    if (this.#applied.has(key)) this.#fail("no-report-applied-twice", `report ${report.n} of ${this.#name(deviceId)} is applied again`);
    this.#applied.add(key);
    const order = this.#world.device(deviceId).ledger.orderOf(report);
    const last = this.#lastApplied.get(deviceId) ?? -1;
    if (order < last)
      this.#fail(
        "reports-in-order",
        `an older report (${report.phase}, seq ${report.seq}) of ${this.#name(deviceId)} replaces a newer one`,
      );
    this.#lastApplied.set(deviceId, Math.max(last, order));
    this.#world.history.count("reports applied");
  }

  /** These reports are about to be acknowledged: each was applied, or a newer one of the device was. */
  acknowledging(deviceId: string, reports: readonly StateReport[]): void {
    const { ledger } = this.#world.device(deviceId);
    const last = this.#lastApplied.get(deviceId) ?? -1;
    const lost = reports.find((report) => !this.#applied.has(`${deviceId} ${report.bootId} ${report.n}`) && ledger.orderOf(report) > last);
    if (lost !== undefined)
      this.#fail(
        "acknowledged-is-applied",
        `report ${lost.n} (${lost.phase}) of ${this.#name(deviceId)} is acknowledged and was not applied`,
      );
  }

  served(deviceId: string, assignment: AssignmentRow): void {
    this.#world.device(deviceId).ledger.served.set(assignment.seq, assignment.release.id);
    const rollout = assignment.rolloutId === null ? undefined : this.#world.store.rollouts.get(assignment.rolloutId);
    if (rollout?.state !== "HALTED" || assignment.release !== rollout.release) return;
    if (this.#begunAtHalt.get(rollout.id)?.has(deviceId) !== true)
      this.#fail(
        "no-start-after-a-halt",
        `${this.#name(deviceId)} asks after ${rollout.name} was halted, had not begun, and is given its release`,
      );
  }

  /** What the planner says will be is what the rows are then: its counts are never counted again. */
  stepped(rollout: RolloutRow, { next, effects }: RolloutStep): void {
    if (effects.some((effect) => effect.kind === "set-devices" && effect.to === "TIMED_OUT")) this.#checkTimedOut(rollout);
    const [planned, stored] = [tell(next.counts), tell(countsOf(rollout.devices))];
    if (planned !== stored) this.#fail("counts-equal-states", `${rollout.name}: the plan counts ${planned}, stored is ${stored}`);
    this.#noteHalt(rollout);
  }

  /** Called once something timed out: none of it is away. */
  #checkTimedOut({ devices }: RolloutRow): void {
    const now = this.#world.serverNow().getTime();
    const away = devices.find(({ deviceId, state, updatedAt }) => {
      return state === "TIMED_OUT" && updatedAt.getTime() === now && !this.#world.store.device(deviceId).online;
    });
    if (away !== undefined) this.#fail("offline-is-not-failed", `${this.#name(away.deviceId)} is offline, and counts as failed`);
  }

  #noteHalt(rollout: RolloutRow): void {
    if (rollout.state !== "HALTED") return void this.#begunAtHalt.delete(rollout.id);
    if (this.#begunAtHalt.has(rollout.id)) return;
    this.#world.history.count("halts");
    this.#begunAtHalt.set(
      rollout.id,
      new Set(rollout.devices.filter(({ state }) => !["QUEUED", "ASSIGNED", "UNREACHED"].includes(state)).map(({ deviceId }) => deviceId)),
    );
  }

  /** After every transaction: success is what the device itself has proved for that very assignment. */
  everything(): void {
    for (const { name, release, devices } of this.#world.store.rollouts.values()) {
      for (const { deviceId, state, seq } of devices) {
        if (state !== "SUCCEEDED") continue;
        const { proved } = this.#world.device(deviceId).ledger;
        if (!proved.has(`${seq} ${release.id} ${release.sha256}`))
          this.#fail("success-is-proved", `${this.#name(deviceId)} SUCCEEDED in ${name} and never proved seq ${seq}`);
      }
    }
  }

  #name(deviceId: string): string {
    return this.#world.store.device(deviceId).name;
  }
}

const tell = (counts: readonly StateCount[]): string =>
  counts
    .filter(({ count }) => count > 0)
    .map(({ stageIndex, state, count }) => `${stageIndex}:${state}:${count}`)
    .toSorted()
    .join(" ");
