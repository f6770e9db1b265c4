import type { Reason } from "@flotilla/contracts";
import type { Logger } from "@flotilla/logger";
import type { Effect, EffectOf, Executors } from "../core/effect.ts";
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
  /** What cannot be decided before the journal can be written, oldest first. */
  #waiting: AgentEvent[] = [];
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
    const { logger, now, random, decide = step } = this.#options;
    const { state, effects } = decide(this.#state, event, now(), random());
    const before = this.#state.phase;
    const [first] = effects;
    if (first?.kind === "write-journal" && !(await this.#write(first, event, executors))) return;
    this.#state = state;
    if (state.phase !== before) logger.info({ event: event.kind, from: before, to: state.phase, seq: state.journal.seq }, "phase");
    for (const effect of first?.kind === "write-journal" ? effects.slice(1) : effects) await this.#execute(effect, executors);
  }

  /**
   * Writes what `event` decides. On a disk that does not take it nothing has happened: the state stays, what runs keeps running, and
   * the event is decided anew later. Events that need the journal keep their order: a later one that contradicts never goes first.
   *
   * @returns false where the event has to wait
   */
  async #write(effect: EffectOf<"write-journal">, event: AgentEvent, executors: Executors): Promise<boolean> {
    const others = this.#waiting.length;
    const fault = others === 0 ? await this.#tryToWrite(effect, event, executors) : null;
    if (others === 0 && fault === null) return true;
    this.#waiting.push(event);
    await this.#take({ kind: "unwritten", event }, executors);
    if (fault !== null) await this.#take({ kind: "fault", reason: fault }, executors);
    return false;
  }

  async #tryToWrite(effect: EffectOf<"write-journal">, event: AgentEvent, executors: Executors): Promise<Reason | null> {
    const { logger, timers = nodeTimers } = this.#options;
    try {
      await executors["write-journal"](effect);
    } catch (error) {
      logger.error({ event: event.kind, error: textOf(error) }, "the journal cannot be written; trying again in 5 s");
      timers.after(JOURNAL_RETRY_MS, () => this.#tryAgain());
      return writeReason(error);
    }
    if (isWriteFault(this.#state.fault)) this.#queue.push({ kind: "fault", reason: null });
    return null;
  }

  #tryAgain(): void {
    if (this.#stopped) return;
    this.#queue.unshift(...this.#waiting.splice(0));
    this.#wake();
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
