import { FlotillaError, type Reason } from "@flotilla/contracts";
import { type ChildProcess, fork } from "node:child_process";
import { rm } from "node:fs/promises";
import type { z } from "zod";
import { hostEnvironment } from "../env.ts";
import { residentBytes } from "./resident-bytes.ts";
import { hostMessageSchema, type HostRequest } from "./ipc.ts";

type Distributive<T> = T extends unknown ? Omit<T, "id"> : never;
export type HostAsk = Distributive<HostRequest>;

export type HostProcessOptions = {
  /** The agent's own file: the host is the same bundle in another mode. */
  entry: string;
  slotDirectory: string;
  socket: string;
  threads: number;
  startTimeoutMs: number;
  hangTimeoutMs: number;
  /** More memory than this, in bytes, and the host is ended; asked anew each time. */
  memoryLimit?: () => number;
  /** Called once when the host ends or hangs without having been stopped, after it was ready. */
  onLost: (reason: Reason) => void;
};

const MEMORY_CHECK_MS = 250;

type Waiting = { resolve: (value: unknown) => void; reject: (error: Error) => void };

/** One inference host, as the rest of the agent sees it. */
export interface Host {
  readonly socket: string;
  readonly directory: string;
  readonly pid: number | undefined;
  /** true once `stop` was called: whatever ends then ends on purpose. */
  readonly isStopping: boolean;
  start(): Promise<void>;
  ask<T>(request: HostAsk, schema: z.ZodType<T>): Promise<T>;
  stop(): Promise<void>;
}

/** The agent's side of one inference host in a process of its own. */
export class HostProcess implements Host {
  readonly socket: string;
  readonly directory: string;
  readonly #options: HostProcessOptions;
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | null = null;
  #nextId = 1;
  #lastBeat = 0;
  #watch: NodeJS.Timeout | null = null;
  #memoryWatch: NodeJS.Timeout | null = null;
  #ready = false;
  #stopping = false;
  #lost = false;

  constructor(options: HostProcessOptions) {
    this.#options = options;
    this.socket = options.socket;
    this.directory = options.slotDirectory;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isStopping(): boolean {
    return this.#stopping;
  }

  /** Resolves when the model is loaded and the socket listens. Rejects with HOST_CRASHED, HOST_HUNG or RUNTIME_REFUSED. */
  async start(): Promise<void> {
    const { entry, slotDirectory, socket, threads, startTimeoutMs } = this.#options;
    const child = fork(entry, ["--inference-host", "--slot", slotDirectory, "--socket", socket, "--threads", String(threads)], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      // Nothing that was preloaded into the agent belongs into a host.
      execArgv: [],
      env: hostEnvironment(),
    });
    this.#child = child;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      reject(new FlotillaError("HOST_HUNG", `The model was not loaded after ${startTimeoutMs / 1000} s.`));
      child.kill("SIGKILL");
    }, startTimeoutMs);
    this.#memoryWatch = setInterval(() => void this.#checkMemory(reject), MEMORY_CHECK_MS);
    child.on("message", (raw) => this.#take(raw, resolve, reject));
    child.on("error", (error) => reject(new FlotillaError("HOST_CRASHED", `The inference host could not be started: ${error.message}.`)));
    child.on("exit", (code, signal) => {
      const reason = { code: "HOST_CRASHED", message: `The inference host ended by itself (${signal ?? `exit code ${code}`}).` } as const;
      reject(new FlotillaError(reason.code, reason.message));
      this.#end(reason);
    });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
    }
    this.#ready = true;
    this.#lastBeat = performance.now();
    this.#watch = setInterval(() => this.#checkBeat(), Math.min(1000, this.#options.hangTimeoutMs / 3));
  }

  /** Asks the host and checks the answer's shape. Rejects when the host ends first. */
  async ask<T>(request: HostAsk, schema: z.ZodType<T>): Promise<T> {
    const child = this.#child;
    if (child === null || this.#lost || !child.connected) throw new FlotillaError("HOST_CRASHED", "The inference host is not running.");
    const id = this.#nextId;
    this.#nextId += 1;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.set(id, { resolve, reject });
    child.send({ ...request, id });
    return schema.parse(await promise);
  }

  /** Ends the host. The caller has seen to it that no request is in flight. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    child.once("exit", () => resolve());
    // The host has nothing to save: it is ended, not asked.
    child.kill("SIGKILL");
    await promise;
    await rm(this.socket, { force: true });
  }

  #take(raw: unknown, resolve: () => void, reject: (error: Error) => void): void {
    const message = hostMessageSchema.safeParse(raw).data;
    if (message === undefined) return;
    this.#lastBeat = performance.now();
    if (message.kind === "ready") resolve();
    if (message.kind === "failed")
      reject(new FlotillaError("RUNTIME_REFUSED", `onnxruntime refuses the model: ${message.message.slice(0, 600)}`));
    if (message.kind !== "answer" && message.kind !== "error") return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === "answer") waiting?.resolve(message.value);
    else waiting?.reject(new FlotillaError("RUNTIME_REFUSED", `The model cannot be run: ${message.message.slice(0, 600)}`));
  }

  /** The kernel would end the largest process, which may be another one, and only once the device has come to a stand. */
  async #checkMemory(reject: (error: Error) => void): Promise<void> {
    const { memoryLimit } = this.#options;
    const bytes = await residentBytes(this.#child?.pid);
    if (memoryLimit === undefined || bytes === null || this.#stopping || bytes <= memoryLimit()) return;
    const [taken, limit] = [bytes, memoryLimit()].map((value) => `${Math.round(value / 1e6)} MB`);
    const message = `The inference host took ${taken} of memory, more than the ${limit} that it may take on this device, and was ended.`;
    reject(new FlotillaError("OUT_OF_MEMORY", message));
    this.#end({ code: "OUT_OF_MEMORY", message });
    this.#child?.kill("SIGKILL");
  }

  /** onnxruntime blocks the host's event loop while it runs, so a missing heartbeat is a run that does not end. */
  #checkBeat(): void {
    const silentMs = performance.now() - this.#lastBeat;
    if (silentMs < this.#options.hangTimeoutMs) return;
    this.#end({
      code: "HOST_HUNG",
      message: `The inference host gave no sign of life for ${Math.round(silentMs / 1000)} s and was ended.`,
    });
    this.#child?.kill("SIGKILL");
  }

  #end(reason: Reason): void {
    if (this.#lost) return;
    this.#lost = true;
    if (this.#watch !== null) clearInterval(this.#watch);
    if (this.#memoryWatch !== null) clearInterval(this.#memoryWatch);
    for (const waiting of this.#waiting.values()) waiting.reject(new FlotillaError(reason.code, reason.message));
    this.#waiting.clear();
    if (this.#ready && !this.#stopping) this.#options.onLost(reason);
  }
}
