import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { AnswerOf, ArgumentOf, CommandName, Reply, Setup } from "./protocol.ts";

const WORKER = fileURLToPath(new URL("./worker.ts", import.meta.url));

/** The fleet: some processes with thousands of devices each. A question is asked of all of them at once. */
export class Generator {
  readonly #workers: readonly Worker[];

  private constructor(workers: readonly Worker[]) {
    this.#workers = workers;
  }

  /** `count` devices over `processes` processes; `from` skips identities. */
  static async start(setup: Omit<Setup, "from" | "count">, count: number, processes: number): Promise<Generator> {
    const each = Math.ceil(count / processes);
    const workers = Array.from({ length: processes }, () => new Worker());
    await Promise.all(
      workers.map(async (worker, index) => {
        const from = index * each;
        await worker.ask("open", { ...setup, from, count: Math.min(each, count - from) });
      }),
    );
    return new Generator(workers);
  }

  pids(): Record<string, number> {
    return Object.fromEntries(this.#workers.map(({ pid }, index) => [`generator ${index + 1}`, pid]));
  }

  get size(): number {
    return this.#workers.length;
  }

  async ask<N extends CommandName>(name: N, argument: ArgumentOf<N>): Promise<AnswerOf<N>[]> {
    return await Promise.all(this.#workers.map(async (worker) => await worker.ask(name, argument)));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map(async (worker) => await worker.stop()));
  }
}

class Worker {
  readonly #child: ChildProcess = fork(WORKER, [], { serialization: "advanced", execArgv: ["--disable-warning=ExperimentalWarning"] });
  readonly #open = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  readonly #ended: Promise<void>;
  #id = 0;

  constructor() {
    this.#child.on("message", (reply: Reply) => {
      const waiting = this.#open.get(reply.id);
      this.#open.delete(reply.id);
      if ("problem" in reply) waiting?.reject(new Error(reply.problem));
      else waiting?.resolve(reply.answer);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once("exit", (code, signal) => {
        for (const { reject } of this.#open.values()) reject(new Error(`a generator process ended with ${signal ?? code}`));
        resolve();
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async ask<N extends CommandName>(name: N, argument: ArgumentOf<N>): Promise<AnswerOf<N>> {
    this.#id += 1;
    const id = this.#id;
    const answer = new Promise<unknown>((resolve, reject) => this.#open.set(id, { resolve, reject }));
    this.#child.send({ id, name, argument });
    // The worker's table has the same types (`Commands`).
    return (await answer) as AnswerOf<N>;
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }
}
