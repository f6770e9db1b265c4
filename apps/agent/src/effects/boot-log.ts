import { idSchema, MAX_EARLIER_BOOTS } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import { z } from "zod";
import { nodeTimers, type Timers } from "../ports/timers.ts";
import type { AgentPaths } from "./agent-paths.ts";
import { readTextIfThere, writeFileAtomic } from "./atomic-file.ts";

const RETRY_MS = 60_000;
const bootIdsSchema = z.array(idSchema);

export type BootLogOptions = {
  paths: Pick<AgentPaths, "fs" | "boots">;
  bootId: string;
  logger: Logger;
  timers?: Timers;
};

/**
 * The starts of the agent on this disk. A broker may still hold reports of an earlier start while this one reports over HTTPS: the server
 * can tell that they are older only where this one names the start that they are of.
 */
export class BootLog {
  readonly #options: BootLogOptions;
  #earlier: readonly string[] = [];
  #isWritten = false;

  constructor(options: BootLogOptions) {
    this.#options = options;
  }

  /** Starts before this one, newest first. */
  get earlier(): readonly string[] {
    return this.#earlier;
  }

  /** true once the next start will know of this one. Before that nothing of it may be left with a broker. */
  get isWritten(): boolean {
    return this.#isWritten;
  }

  /** @throws what the disk throws where the log cannot be read */
  async read(): Promise<void> {
    const { fs, boots } = this.#options.paths;
    this.#earlier = parse(await readTextIfThere(fs, boots)).slice(0, MAX_EARLIER_BOOTS);
  }

  /** Writes this start down. On a disk that takes nothing it is tried again every minute. */
  async write(): Promise<void> {
    const { paths, bootId, logger, timers = nodeTimers } = this.#options;
    try {
      await writeFileAtomic(paths.fs, paths.boots, JSON.stringify([bootId, ...this.#earlier].slice(0, MAX_EARLIER_BOOTS)));
      this.#isWritten = true;
    } catch (error) {
      logger.warn({ error: String(error) }, "this start cannot be written down; reports go over HTTPS until it is");
      timers.after(RETRY_MS, () => void this.write()).unref();
    }
  }
}

/** Garbage names no start. */
function parse(text: string | null): string[] {
  try {
    return bootIdsSchema.safeParse(JSON.parse(text ?? "[]")).data ?? [];
  } catch {
    return [];
  }
}
