import { type Assignment, type DeviceProfile, isFlotillaError, type TrustedKey } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import { join } from "node:path";
import type { EffectOf } from "../core/effect.ts";
import type { AgentEvent } from "../core/event.ts";
import type { Timers } from "../ports/timers.ts";
import type { AgentPaths } from "./agent-paths.ts";
import { cleanDownloads, downloadReason, downloadRelease, reasonOf } from "./download-release.ts";
import type { Hold } from "./hold.ts";
import type { DeviceClient } from "./https-client.ts";
import { preflight } from "./preflight.ts";
import { recordOf, stageSlot, verifySlot } from "./slot-store.ts";
import { type SignedRelease, verifyAssignment, verifyDownloads } from "./verify-release.ts";
import { isDiskFull } from "./write-reason.ts";

export type ReleaseWorkOptions = {
  paths: AgentPaths;
  profile: DeviceProfile;
  client: Pick<DeviceClient, "open" | "server">;
  timers: Timers;
  keys: () => readonly TrustedKey[];
  dispatch: (event: AgentEvent) => void;
  hold: Hold;
  logger: Logger;
  /** Default: what the system says that a process may still take. */
  memoryFreeBytes?: () => number;
};

/** What happens to a release between its assignment and its slot. One piece of work at a time; a newer one waits for the aborted older one to let go. */
export class ReleaseWork {
  readonly #options: ReleaseWorkOptions;
  #controller = new AbortController();
  #tail: Promise<void> = Promise.resolve();

  constructor(options: ReleaseWorkOptions) {
    this.#options = options;
  }

  cancel(): void {
    this.#controller.abort();
    this.#controller = new AbortController();
  }

  preflight({ work, assignment, counters, standby, goesBack }: EffectOf<"preflight">): void {
    this.#begin(
      async () => {
        const signed = this.#signed(assignment, counters, goesBack);
        const { paths, profile, memoryFreeBytes = () => process.availableMemory() } = this.#options;
        const sizes = await Promise.all(
          signed.files.map(async (file) => (await paths.fs.stat(join(paths.downloads, file.sha256)).catch(() => null))?.size ?? 0),
        );
        preflight({
          profile,
          variant: assignment.variant,
          files: signed.files,
          diskFreeBytes: await paths.fs.freeBytes(paths.data),
          memoryFreeBytes: memoryFreeBytes(),
          presentBytes: sizes.reduce((sum, size) => sum + size, 0),
          standby,
        });
        return { kind: "preflight-passed", work };
      },
      (error) => ({ kind: isTampering(error) ? "rejected" : "preflight-refused", work, reason: reasonOf(error) }),
    );
  }

  download({ work, assignment }: EffectOf<"download">): void {
    this.#begin(
      async (signal) => {
        const { paths, client, timers, dispatch } = this.#options;
        // Checked in PREFLIGHT; the counter cannot have changed since.
        const { files } = this.#signed(assignment, {}, true);
        await downloadRelease({
          client,
          timers,
          fs: paths.fs,
          directory: paths.downloads,
          slots: [paths.slot("A"), paths.slot("B")],
          files,
          signal,
          onProgress: (fraction) => dispatch({ kind: "progressed", work, fraction }),
        });
        return { kind: "downloaded", work };
      },
      async (error) => {
        const { rejected, reason } = downloadReason(error);
        this.#options.logger.warn({ reason }, "download interrupted");
        if (isDiskFull(error)) await this.#makeRoom();
        return rejected ? { kind: "rejected", work, reason } : { kind: "download-failed", work, reason };
      },
    );
  }

  verify({ work, assignment, counters, slot }: EffectOf<"verify">): void {
    this.#begin(
      async () => {
        const { paths, keys, hold } = this.#options;
        const { manifest, files } = this.#signed(assignment, counters, slot !== null);
        if (slot === null) await verifyDownloads(paths.fs, paths.downloads, files);
        else await verifySlot(paths, slot, keys());
        await hold("VERIFYING");
        return { kind: "verified", work, record: recordOf(manifest, assignment.variant.model.sha256, false) };
      },
      (error) => ({ kind: "rejected", work, reason: reasonOf(error) }),
    );
  }

  stage({ work, assignment, slot }: EffectOf<"stage">): void {
    this.#begin(
      async () => {
        const { paths, hold } = this.#options;
        const { files } = this.#signed(assignment, {}, true);
        await stageSlot(paths, slot, assignment, files, async () => await hold("STAGED"));
        return { kind: "staged", work };
      },
      async (error) => {
        if (isDiskFull(error)) await this.#makeRoom(this.#options.paths.slotPartial(slot));
        return { kind: "staging-failed", work, reason: downloadReason(error).reason };
      },
    );
  }

  /** A full disk takes no journal either: without what filled it, the outcome can be written down. */
  async #makeRoom(partial?: string): Promise<void> {
    const { paths } = this.#options;
    if (partial !== undefined) await paths.fs.remove(partial).catch(() => undefined);
    await cleanDownloads(paths.fs, paths.downloads).catch(() => undefined);
  }

  #signed(assignment: Assignment, counters: Readonly<Record<string, number>>, goesBack: boolean): SignedRelease {
    return verifyAssignment(assignment, this.#options.keys(), counters, goesBack);
  }

  #begin(act: (signal: AbortSignal) => Promise<AgentEvent>, failed: (error: unknown) => AgentEvent | Promise<AgentEvent>): void {
    const { signal } = this.#controller;
    const run = async (): Promise<void> => {
      if (signal.aborted) return;
      const event = await act(signal).catch(failed);
      if (!signal.aborted) this.#options.dispatch(event);
    };
    this.#tail = this.#tail.then(run);
  }
}

function isTampering(error: unknown): boolean {
  return (
    isFlotillaError(error) && ["ENVELOPE_INVALID", "SIGNATURE_INVALID", "SIGNED_BY_UNKNOWN_KEY", "RELEASE_REPLAYED"].includes(error.code)
  );
}
