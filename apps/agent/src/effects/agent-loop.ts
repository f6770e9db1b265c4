import type { Logger } from "@flotilla/logger";
import type { Effect, Executors } from "../core/effect.ts";
import type { AgentEvent } from "../core/event.ts";
import { type AgentState, initialState } from "../core/state.ts";
import { step } from "../core/step.ts";
import { nodeTimers, type Timers } from "../ports/timers.ts";
import { isWriteFault, writeReason } from "./write-reason.ts";

const JOURNAL_RETRY_MS = 5000;

export type AgentLoopOptions = {
  now: () => number;
  random: () => number;
  logger: Logger;
  timers?: Timers;
  /** The decision function; default: the core's. */
  decide?: typeof step;
};

/** Takes events one at a time: decides with the core, then carries out the effects in order. */
export class AgentLoop {
  readonly #options: AgentLoopOptions;
  #executors: Executors | null = null;
  #queue: AgentEvent[] = [];
  #state = initialState();
  #draining: Promise<void> | null = null;
  #stopped = false;

  constructor(options: AgentLoopOptions) {
    this.#options = options;
  }

  get state(): AgentState {
    return this.#state;
  }

  start(executors: Executors): void {
    this.#executors = executors;
    this.#wake();
  }

  /** Ends after the event under way; later events are dropped, as they would be by a power cut. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#draining;
  }

  dispatch(event: AgentEvent): void {
    if (this.#stopped) return;
    this.#queue.push(event);
    this.#wake();
  }

  #wake(): void {
    if (this.#draining !== null || this.#executors === null) return;
    this.#draining = this.#drain(this.#executors).finally(() => {
      this.#draining = null;
      if (this.#queue.length > 0 && !this.#stopped) this.#wake();
    });
  }

  async #drain(executors: Executors): Promise<void> {
    for (let event = this.#queue.shift(); event !== undefined && !this.#stopped; event = this.#queue.shift()) {
      await this.#take(event, executors);
    }
  }

  async #take(event: AgentEvent, executors: Executors): Promise<void> {
    const { logger, now, random, timers = nodeTimers, decide = step } = this.#options;
    const { state, effects } = decide(this.#state, event, now(), random());
    const before = this.#state.phase;
    const [first] = effects;
    if (first?.kind === "write-journal") {
      try {
        await executors["write-journal"](first);
      } catch (error) {
        // Nothing has happened yet: the state stays, what runs keeps running, and the same event is decided anew.
        logger.error({ event: event.kind, error: textOf(error) }, "the journal cannot be written; trying again in 5 s");
        timers.after(JOURNAL_RETRY_MS, () => this.dispatch(event));
        return await this.#take({ kind: "fault", reason: writeReason(error) }, executors);
      }
      if (isWriteFault(this.#state.fault)) this.#queue.push({ kind: "fault", reason: null });
    }
    this.#state = state;
    if (state.phase !== before) logger.info({ event: event.kind, from: before, to: state.phase, seq: state.journal.seq }, "phase");
    for (const effect of first?.kind === "write-journal" ? effects.slice(1) : effects) await this.#execute(effect, executors);
  }

  async #execute(effect: Effect, executors: Executors): Promise<void> {
    try {
      await (executors[effect.kind] as (effect: Effect) => Promise<void>)(effect);
    } catch (error) {
      this.#options.logger.error({ effect: effect.kind, error: textOf(error) }, "an effect failed");
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
