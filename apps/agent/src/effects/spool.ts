import { type LogReport, type MetricsReport, type Report, reportSchema, type SecurityReport } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import { join } from "node:path";
import type { StateBody } from "../core/effect.ts";
import { type FileSystem, nodeFileSystem } from "../ports/file-system.ts";
import { isNodeError, writeFileAtomic } from "./atomic-file.ts";

export type MetricsBody = Omit<MetricsReport, "kind" | "bootId" | "n" | "at">;
export type LogBody = Omit<LogReport, "kind" | "bootId" | "n" | "at">;
export type SecurityBody = Omit<SecurityReport, "kind" | "bootId" | "n" | "at">;

type Entry = {
  report: Report;
  file: string | null;
  /** Resolves once the file is there, or cannot be: one that is sent meanwhile is removed after that, and not before. */
  written: Promise<void>;
};

export type SpoolOptions = {
  /** Default: the machine's own. */
  fs?: FileSystem;
  directory: string;
  bootId: string;
  /** Starts before this one, newest first: said with every state. */
  earlierBoots: () => readonly string[];
  clock: () => Date;
  logger: Logger;
  /** Unsent metrics kept; the oldest go first. States and security reports are never dropped. */
  maxMetrics?: number;
  /** Unsent log reports kept; the oldest go first. */
  maxLogs?: number;
  onAppend: () => void;
};

/**
 * Reports that the server has not acknowledged, oldest first, numbered `(bootId, n)`. States and security reports are on disk
 * before `append` resolves; metrics and log lines are written without waiting for the disk, and progress is never written.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #fs: FileSystem;
  #entries: Entry[] = [];
  #n = 0;
  /** Sorts the files: the clock does not, since it may be wrong in one life of the agent and right in the next. */
  #next = 0;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#fs = options.fs ?? nodeFileSystem;
  }

  /**
   * Reads what an earlier life of the agent could not send. A torn file is deleted.
   * @throws what the disk throws where it cannot be read: numbers that began anew would replace reports that nobody has heard
   */
  async start(): Promise<void> {
    const { directory, logger } = this.#options;
    await this.#fs.mkdirs(directory).catch(() => undefined);
    const names = await this.#names(directory);
    for (const name of names.toSorted()) {
      this.#next = Math.max(this.#next, 1 + (Number.parseInt(name, 10) || 0));
      const file = join(directory, name);
      const report = name.endsWith(".json") ? parse(await this.#fs.readText(file)) : null;
      if (report === null) {
        logger.warn({ file }, "a spooled report could not be read and was deleted");
        await this.#fs.remove(file).catch(() => undefined);
      } else this.#entries.push({ report, file, written: Promise.resolve() });
    }
    this.#dropOldest();
  }

  async #names(directory: string): Promise<string[]> {
    try {
      return await this.#fs.readdir(directory);
    } catch (error) {
      // On a disk that takes no folder there is none.
      if (isNodeError(error) && error.code === "ENOENT") return [];
      throw error;
    }
  }

  async appendState(body: StateBody, durable: boolean): Promise<void> {
    // A newer state says all that an unsent progress would have said.
    this.#entries = this.#entries.filter(
      (entry) => entry.file !== null || entry.report.kind !== "state" || entry.report.progress === undefined,
    );
    const earlier = this.#options.earlierBoots();
    const boots = earlier.length === 0 ? {} : { earlierBootIds: [...earlier] };
    await this.#append({ kind: "state", ...this.#number(), ...boots, ...body }, durable ? "durable" : "memory");
  }

  async appendSecurity(body: SecurityBody): Promise<void> {
    await this.#append({ kind: "security", ...this.#number(), ...body }, "durable");
  }

  async appendMetrics(body: MetricsBody): Promise<void> {
    await this.#append({ kind: "metrics", ...this.#number(), ...body }, "file");
    this.#dropOldest();
  }

  async appendLog(body: LogBody): Promise<void> {
    await this.#append({ kind: "log", ...this.#number(), ...body }, "file");
    this.#dropOldest();
  }

  /** The oldest unsent reports. */
  peek(limit: number): Report[] {
    return this.#entries.slice(0, limit).map((entry) => entry.report);
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Forgets reports that were acknowledged. */
  async remove(reports: readonly Report[]): Promise<void> {
    const sent = new Set<Report>(reports);
    const gone = this.#entries.filter((entry) => sent.has(entry.report));
    this.#entries = this.#entries.filter((entry) => !sent.has(entry.report));
    for (const entry of gone) await this.#delete(entry);
  }

  async #delete({ file, written }: Entry): Promise<void> {
    if (file === null) return;
    await written;
    // One that cannot be removed is sent again by the next life of the agent, and is no news to the server then.
    await this.#fs.remove(file).catch(() => undefined);
  }

  /** Forgets everything: it was said under another identity. */
  async clear(): Promise<void> {
    await this.remove(this.peek(this.size));
  }

  #number(): { bootId: string; n: number; at: string } {
    const numbered = { bootId: this.#options.bootId, n: this.#n, at: this.#options.clock().toISOString() };
    this.#n += 1;
    return numbered;
  }

  async #append(report: Report, kept: "durable" | "file" | "memory"): Promise<void> {
    const { directory, onAppend } = this.#options;
    const name = `${String(this.#next).padStart(15, "0")}-${String(report.n).padStart(9, "0")}-${report.kind}.json`;
    this.#next += 1;
    const file = kept === "memory" ? null : join(directory, name);
    const written = this.#write(file, report, kept);
    // In line before it is on disk, so that the order is the order of the numbers.
    this.#entries.push({ report, file, written });
    await written;
    onAppend();
  }

  /** Never rejects: a full disk must not silence the device, and the report stays in memory. */
  async #write(file: string | null, report: Report, kept: "durable" | "file" | "memory"): Promise<void> {
    try {
      if (file !== null && kept === "durable") await writeFileAtomic(this.#fs, file, JSON.stringify(report));
      if (file !== null && kept === "file") await this.#fs.writeFile(file, JSON.stringify(report));
    } catch (error) {
      this.#options.logger.error(
        { error: error instanceof Error ? error.message : String(error) },
        "a report could not be spooled to disk",
      );
    }
  }

  #dropOldest(): void {
    const { maxMetrics = 500, maxLogs = 10 } = this.#options;
    const surplus = (kind: Report["kind"], max: number): Entry[] => {
      const entries = this.#entries.filter((entry) => entry.report.kind === kind);
      return entries.slice(0, Math.max(0, entries.length - max));
    };
    const old = new Set([...surplus("metrics", maxMetrics), ...surplus("log", maxLogs)]);
    if (old.size === 0) return;
    this.#entries = this.#entries.filter((entry) => !old.has(entry));
    for (const entry of old) void this.#delete(entry);
  }
}

function parse(text: string): Report | null {
  try {
    const parsed = reportSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
