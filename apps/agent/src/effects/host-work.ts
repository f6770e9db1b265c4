import { FlotillaError, type Reason, type ReleaseManifest, type TrustedKey } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import { join } from "node:path";
import type { EffectOf } from "../core/effect.ts";
import type { AgentEvent } from "../core/event.ts";
import type { SlotName } from "../core/journal.ts";
import { type Host, HostProcess, type HostProcessOptions } from "../runtime/host-process.ts";
import { memoryLimitOf } from "../runtime/resident-bytes.ts";
import { judgeProbe } from "../runtime/judge-probe.ts";
import { probeHost, type ProbedHost } from "../runtime/probe.ts";
import type { Router } from "../runtime/router.ts";
import { nodeTimers, type Timers } from "../ports/timers.ts";
import type { AgentPaths } from "./agent-paths.ts";
import { reasonOf } from "./download-release.ts";
import type { Hold } from "./hold.ts";
import { verifySlot } from "./slot-store.ts";

/** A request that is still running this long after a switch is given up together with its host. */
const DRAIN_MS = 60_000;

/** What runs and measures a model. */
export type HostRuntime = {
  create: (options: HostProcessOptions) => Host;
  probe: typeof probeHost;
  /** Before anything of a slot is opened. */
  verifySlot: typeof verifySlot;
};

const processRuntime: HostRuntime = { create: (options) => new HostProcess(options), probe: probeHost, verifySlot };

export type HostWorkOptions = {
  entry: string;
  paths: AgentPaths;
  /** Short directory for the hosts' sockets: a socket's path may have 107 bytes. */
  socketDirectory: string;
  /** The device's. Default: no limit for a host. */
  memoryBytes?: number;
  threads: number;
  startTimeoutMs: number;
  hangTimeoutMs: number;
  router: Pick<Router, "serve" | "drained">;
  keys: () => readonly TrustedKey[];
  dispatch: (event: AgentEvent) => void;
  hold: Hold;
  logger: Logger;
  timers?: Timers;
  /** Default: a child process a host. */
  runtime?: HostRuntime;
};

/** The inference hosts, at most one a slot. */
export class HostWork {
  readonly #options: HostWorkOptions;
  readonly #runtime: HostRuntime;
  readonly #hosts = new Map<SlotName, ProbedHost>();
  /** Grows when a slot's host is to go: a start that was under way then knows that nobody waits for it. */
  readonly #generation = { A: 0, B: 0 };
  readonly #stops = new Set<Promise<void>>();
  #tail: Promise<void> = Promise.resolve();
  #serving: SlotName | null = null;
  #sockets = 0;
  #probing = new AbortController();

  constructor(options: HostWorkOptions) {
    this.#options = options;
    this.#runtime = options.runtime ?? processRuntime;
  }

  /** The host that answers applications, with its release. */
  get serving(): ProbedHost | null {
    return this.#serving === null ? null : (this.#hosts.get(this.#serving) ?? null);
  }

  /** Starts are one after the other, so that the confirmed release is up before a candidate is compared with it. */
  start({ slot, role }: EffectOf<"start-host">): void {
    const generation = this.#generation[slot];
    const before = this.#tail;
    const run = async (): Promise<void> => {
      await before;
      if (generation !== this.#generation[slot]) return;
      const event = await this.#start(slot, role, generation);
      if (event !== null) this.#options.dispatch(event);
    };
    this.#tail = run();
  }

  async #start(slot: SlotName, role: "current" | "candidate", generation: number): Promise<AgentEvent | null> {
    const { paths, keys, hold, logger, ...options } = this.#options;
    try {
      const { manifest, directory, variantSha256 } = await this.#runtime.verifySlot(paths, slot, keys());
      if (generation !== this.#generation[slot]) return null;
      this.#sockets += 1;
      const host = this.#runtime.create({
        ...options,
        slotDirectory: directory,
        socket: join(options.socketDirectory, `host-${process.pid}-${this.#sockets}.sock`),
        memoryLimit: () => this.#memoryLimit(slot, role, manifest, variantSha256),
        onLost: (reason) => this.#lost(slot, host, reason),
      });
      this.#hosts.set(slot, { host, manifest });
      await host.start();
      if (role === "candidate") await hold("ACTIVATING");
      logger.info({ slot, role, pid: host.pid, release: manifest.releaseId }, "inference host is ready");
      return host.isStopping ? null : { kind: "host-ready", slot };
    } catch (error) {
      if (generation !== this.#generation[slot]) return null;
      return { kind: "host-failed", slot, reason: reasonOf(error) };
    }
  }

  #memoryLimit(slot: SlotName, role: "current" | "candidate", manifest: ReleaseManifest, variantSha256: string): number {
    const { memoryBytes = Number.POSITIVE_INFINITY } = this.#options;
    const variant = manifest.variants.find(({ model }) => model.sha256 === variantSha256);
    const isProved = role === "current" || this.#serving === slot;
    return memoryLimitOf(memoryBytes, isProved ? null : (variant?.predictedMemoryBytes ?? null));
  }

  #lost(slot: SlotName, host: Host, reason: Reason): void {
    if (this.#hosts.get(slot)?.host !== host) return;
    this.#options.logger.warn({ slot, reason }, "inference host lost");
    this.#hosts.delete(slot);
    this.#options.dispatch({ kind: "host-failed", slot, reason });
  }

  /** Ends a slot's host in the background, after the requests that it has taken. */
  stop(slot: SlotName): void {
    this.#generation[slot] += 1;
    this.#probing.abort();
    this.#probing = new AbortController();
    const host = this.#hosts.get(slot)?.host;
    if (host === undefined) return;
    this.#hosts.delete(slot);
    const stopped = this.#options.router.drained(host.socket, DRAIN_MS).then(async () => await host.stop());
    this.#stops.add(stopped);
    void stopped.finally(() => this.#stops.delete(stopped));
  }

  serve(slot: SlotName | null): void {
    this.#serving = slot;
    this.#options.router.serve(slot === null ? null : (this.#hosts.get(slot)?.host.socket ?? null));
  }

  probe({ work, slot, baseline, judgeRatios }: EffectOf<"probe">): void {
    const { signal } = this.#probing;
    const { dispatch, hold } = this.#options;
    const run = async (): Promise<AgentEvent> => {
      const candidate = this.#hosts.get(slot);
      if (candidate === undefined) throw new FlotillaError("HOST_CRASHED", "The inference host ended before it was probed.");
      const compared = baseline === null ? null : (this.#hosts.get(baseline) ?? null);
      const { gates } = candidate.manifest;
      const probe = await this.#runtime.probe(candidate, compared, signal, (p95, baselineP95) =>
        tooSlow(gates, p95, baselineP95, judgeRatios),
      );
      await hold("PROBING");
      const reason = judgeProbe(gates, probe, judgeRatios);
      return reason === null ? { kind: "probe-passed", work, probe } : { kind: "probe-failed", work, probe, reason };
    };
    void run()
      .catch((error: unknown): AgentEvent => ({ kind: "probe-failed", work, probe: null, reason: reasonOf(error) }))
      .then(dispatch);
  }

  async stopAll(): Promise<void> {
    this.#probing.abort();
    await Promise.all([...this.#hosts.values()].map(async ({ host }) => await host.stop()));
    const { timers = nodeTimers } = this.#options;
    await Promise.race([Promise.all(this.#stops), new Promise<void>((resolve) => void timers.after(1000, resolve))]);
  }
}

function tooSlow(gates: ReleaseManifest["gates"], p95: number, baselineP95: number | null, judgeRatios: boolean): boolean {
  if (gates.latencyP95MaxMs !== null && p95 > gates.latencyP95MaxMs) return true;
  return judgeRatios && gates.latencyP95MaxRatio !== null && baselineP95 !== null && p95 > baselineP95 * gates.latencyP95MaxRatio;
}
