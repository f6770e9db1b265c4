import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { isFlotillaError } from "@flotilla/contracts";
import { listenLive } from "@flotilla/db";
import { type Actor, readWantedFleet, reportDemoFleet, revokeDevice, type ServiceContext } from "@flotilla/services";
import { readDeviceId } from "./device-identity.ts";
import { prepareDemoFleet } from "./prepare-demo-fleet.ts";
import type { ProcessSpec, Supervisor } from "./supervisor.ts";

const NAME = /^sim-\d+$/;
const RETRY_MS = 10_000;

export interface DemoFleetOptions {
  supervisor: Supervisor;
  ctx: ServiceContext;
  databaseUrl: string;
  organisationId: string;
  /** Where each device has its data directory. */
  directory: string;
  toProcess: (device: { name: string; token: string | null }) => ProcessSpec;
}

/**
 * Devices that somebody asks for in the dashboard. The row in the database says how many are wanted; this follows it, with real agents that enrol
 * as any device does: at the start, when the row changes, and again after a failure.
 */
export class DemoFleet {
  readonly #options: DemoFleetOptions;
  readonly #started = new Set<string>();
  #stopListening: (() => Promise<void>) | null = null;
  #following: Promise<void> | null = null;
  #changed = false;
  #stopped = false;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(options: DemoFleetOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { databaseUrl, organisationId } = this.#options;
    const follow = (): void => this.#follow();
    this.#stopListening = await listenLive(
      databaseUrl,
      (event) => {
        if (event.topic === "demo" && event.organisationId === organisationId) follow();
      },
      { onGap: follow },
    );
    follow();
  }

  /** Hears of nothing more. The processes are the supervisor's to stop. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    await this.#stopListening?.();
    await this.#following;
  }

  #follow(): void {
    this.#changed = true;
    this.#following ??= this.#run().finally(() => {
      this.#following = null;
      if (this.#changed && !this.#stopped) this.#follow();
    });
  }

  async #run(): Promise<void> {
    while (this.#changed && !this.#stopped) {
      this.#changed = false;
      clearTimeout(this.#retry);
      const { ctx, organisationId } = this.#options;
      try {
        await this.#reconcile();
        await reportDemoFleet(ctx, organisationId, null);
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        ctx.logger.warn({ error: problem }, "the simulated devices are not as wanted; trying again");
        await reportDemoFleet(ctx, organisationId, problem).catch(() => undefined);
        this.#retry = setTimeout(() => this.#follow(), RETRY_MS);
      }
    }
  }

  async #reconcile(): Promise<void> {
    const { ctx, organisationId, directory } = this.#options;
    const { wanted, by } = await readWantedFleet(ctx, organisationId);
    const names = Array.from({ length: wanted }, (_, index) => `sim-${index + 1}`);
    // A removal that was cut short left a directory without a process.
    const known = new Set([...this.#started, ...(await readdir(directory)).filter((name) => NAME.test(name))]);
    await Promise.all([...known].filter((name) => !names.includes(name)).map((name) => this.#remove(name, by)));
    await this.#add(names.filter((name) => !this.#started.has(name)));
  }

  async #add(names: readonly string[]): Promise<void> {
    const { ctx, organisationId, directory, supervisor, toProcess } = this.#options;
    const ids = await Promise.all(names.map((name) => readDeviceId(path.join(directory, name))));
    const token = await prepareDemoFleet(ctx, { organisationId, missing: ids.filter((id) => id === null).length });
    for (const [index, name] of names.entries()) {
      if (this.#stopped) return;
      this.#started.add(name);
      await supervisor.start(toProcess({ name, token: ids[index] === null ? token : null }));
    }
  }

  /** Stops the agent, locks the device out, and forgets what it had on disk. */
  async #remove(name: string, by: string): Promise<void> {
    const { ctx, organisationId, directory, supervisor } = this.#options;
    await supervisor.remove(this.#options.toProcess({ name, token: null }).name);
    this.#started.delete(name);
    const id = await readDeviceId(path.join(directory, name));
    const actor: Actor = { userId: "standalone", name: by, organisationId, role: "owner" };
    if (id !== null) {
      await revokeDevice(ctx, actor, id).catch((error: unknown) => {
        if (!isFlotillaError(error) || error.code !== "NOT_FOUND") throw error;
      });
    }
    await rm(path.join(directory, name), { recursive: true, force: true });
  }
}
