import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, type WriteStream, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** One process of the stack. Later ones may need earlier ones; they are stopped in reverse. */
export interface ProcessSpec {
  name: string;
  /** Arguments of Node; used unless `launch` is given. */
  args: string[];
  cwd?: string;
  env?: Record<string, string>;
  /** Starts something that is not a Node program. */
  launch?: () => Promise<ChildProcess>;
  /** Resolves when it answers; absent: started is ready. */
  ready?: (child: ChildProcess) => Promise<void>;
  /** Asks it to stop; SIGTERM where absent. */
  stopSignal?: NodeJS.Signals;
  stopTimeoutMs?: number;
}

interface Running {
  spec: ProcessSpec;
  child: ChildProcess | null;
  log: WriteStream;
  /** Starts in the last minute, for the back-off. */
  starts: number[];
  /** Stopped for good: its end is no reason to start it again. */
  removed: boolean;
}

const PRELOAD = fileURLToPath(new URL("./exit-with-parent.js", import.meta.url));

/** Runs the processes of the stack: starts them in order, restarts one that dies and says so, stops all in reverse order. */
export class Supervisor {
  readonly #running: Running[] = [];
  readonly #logDirectory: string;
  readonly #say: (line: string) => void;
  #stopping = false;

  constructor(options: { logDirectory: string; say: (line: string) => void }) {
    this.#logDirectory = options.logDirectory;
    this.#say = options.say;
  }

  /** Starts a process and waits until it is ready. */
  async start(spec: ProcessSpec): Promise<void> {
    const log = createWriteStream(path.join(this.#logDirectory, `${spec.name}.log`), { flags: "a" });
    const running: Running = { spec, child: null, log, starts: [], removed: false };
    this.#running.push(running);
    await this.#launch(running);
  }

  /** `processes.json` beside the logs: which process is which, for whoever wants to look at one, or to kill it in a test. */
  #writePids(): void {
    writeFileSync(path.join(this.#logDirectory, "processes.json"), `${JSON.stringify(this.pids(), null, 2)}\n`);
  }

  /** Process ids by name. */
  pids(): Record<string, number> {
    return Object.fromEntries(this.#running.flatMap(({ spec, child }) => (child?.pid === undefined ? [] : [[spec.name, child.pid]])));
  }

  /** Stops everything, last started first. A process that does not stop in its time is killed. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const agents = this.#running.filter(({ spec }) => spec.name.startsWith("device-"));
    await Promise.all(agents.map((running) => this.#stopOne(running)));
    for (const running of this.#running.filter((one) => !agents.includes(one)).toReversed()) await this.#stopOne(running);
  }

  /** Stops one process for good. Nothing where there is none of that name. */
  async remove(name: string): Promise<void> {
    const at = this.#running.findIndex(({ spec }) => spec.name === name);
    const running = this.#running[at];
    if (running === undefined) return;
    running.removed = true;
    await this.#stopOne(running);
    this.#running.splice(this.#running.indexOf(running), 1);
    this.#writePids();
  }

  async #launch(running: Running): Promise<void> {
    const { spec, log } = running;
    const child = spec.launch === undefined ? this.#spawnNode(spec) : await spec.launch();
    running.child = child;
    this.#writePids();
    running.starts.push(Date.now());
    child.stdout?.pipe(log, { end: false });
    child.stderr?.pipe(log, { end: false });
    child.once("exit", (code, signal) => {
      running.child = null;
      if (!this.#stopping && !running.removed) void this.#restart(running, signal ?? `exit code ${code}`);
    });
    await Promise.race([spec.ready?.(child), this.#diesFirst(child, spec)]);
  }

  #spawnNode(spec: ProcessSpec): ChildProcess {
    return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "--import", PRELOAD, ...spec.args], {
      cwd: spec.cwd,
      env: { ...process.env, ...spec.env },
      // A group of its own: Ctrl-C in a terminal reaches only the supervisor, which then stops the others in order.
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
  }

  #diesFirst(child: ChildProcess, spec: ProcessSpec): Promise<void> | undefined {
    if (spec.ready === undefined) return undefined;
    return new Promise((_, reject) => {
      child.once("exit", (code, signal) =>
        reject(new Error(`${spec.name} ended with ${signal ?? `exit code ${code}`} before it was ready. ${this.#logHint(spec)}`)),
      );
    });
  }

  async #restart(running: Running, reason: string): Promise<void> {
    const minuteAgo = Date.now() - 60_000;
    running.starts = running.starts.filter((at) => at > minuteAgo);
    const delayMs = Math.min(30_000, 250 * 2 ** Math.max(0, running.starts.length - 1));
    this.#say(`! ${running.spec.name} died (${reason}); restarting in ${(delayMs / 1000).toFixed(1)} s. ${this.#logHint(running.spec)}`);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (this.#stopping || running.removed) return;
    try {
      await this.#launch(running);
      this.#say(`✓ ${running.spec.name} is back`);
    } catch (error) {
      if (running.child === null && !this.#stopping) return;
      this.#say(`! ${running.spec.name} did not come back: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async #stopOne(running: Running): Promise<void> {
    const { child, spec } = running;
    if (child !== null) {
      const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.kill(spec.stopSignal ?? "SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), spec.stopTimeoutMs ?? 8000);
      await gone;
      clearTimeout(timer);
    }
    running.log.end();
  }

  #logHint(spec: ProcessSpec): string {
    return `Its log: ${path.relative(process.cwd(), path.join(this.#logDirectory, `${spec.name}.log`))}`;
  }
}
