import type { Logger } from "@flotilla/logger";
import type { AgentEvent } from "../core/event.ts";
import { jitteredDelay } from "../core/state.ts";
import { nodeTimers, type Timer, type Timers } from "../ports/timers.ts";
import type { DeviceClient } from "./https-client.ts";
import { pollAssignment } from "./poll-assignment.ts";

export type PollerOptions = {
  client: Pick<DeviceClient, "json">;
  timers?: Timers;
  intervalMs: number;
  random: () => number;
  dispatch: (event: AgentEvent) => void;
  logger: Logger;
  /** Hears why a call failed. */
  onError?: (error: unknown) => void;
};

/**
 * Asks for the assignment: at start, when told to, and every interval ± 50 %; after an error sooner, with growing jittered waits. Where
 * the interval brings nothing new the device says its own state again: a server that died between a report's acknowledgement and its
 * transaction would believe the one before for ever.
 */
export class AssignmentPoller {
  readonly #options: PollerOptions;
  readonly #abort = new AbortController();
  readonly #timers: Timers;
  #timer: Timer | null = null;
  #etag: string | null = null;
  #asking = false;
  #again = false;
  #failures = 0;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#timers = options.timers ?? nodeTimers;
  }

  /**
   * Asks at once; while an answer is awaited, once more after it.
   *
   * @param isRoutine true where nothing but the time that has passed is the reason
   */
  ask(isRoutine = false): void {
    if (this.#abort.signal.aborted) return;
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#timer?.cancel();
    this.#asking = true;
    void this.#ask(isRoutine);
  }

  askIn(delayMs: number): void {
    this.#timers.after(delayMs, () => this.ask()).unref();
  }

  /** Under another identity nothing that was answered before counts. */
  forget(): void {
    this.#etag = null;
  }

  stop(): void {
    this.#abort.abort();
    this.#timer?.cancel();
  }

  async #ask(isRoutine: boolean): Promise<void> {
    const { client, dispatch, intervalMs, logger, random } = this.#options;
    let delayMs = intervalMs * (0.5 + random());
    try {
      const answer = await pollAssignment(client, this.#etag, this.#abort.signal);
      this.#failures = 0;
      if (answer.kind === "assigned") {
        this.#etag = answer.etag;
        dispatch({ kind: "assigned", assignment: answer.assignment });
      } else if (answer.kind === "unassigned") {
        this.#etag = null;
        dispatch({ kind: "unassigned" });
      }
      if (isRoutine && answer.kind !== "assigned") dispatch({ kind: "connected" });
    } catch (error) {
      delayMs = Math.min(delayMs, jitteredDelay(this.#failures, random()));
      this.#failures += 1;
      if (!this.#abort.signal.aborted) {
        this.#options.onError?.(error);
        logger.warn(
          { delayMs, error: error instanceof Error ? error.message : String(error) },
          "cannot ask for the assignment; what runs keeps running",
        );
      }
    }
    this.#asking = false;
    if (this.#abort.signal.aborted) return;
    if (this.#again) {
      this.#again = false;
      return this.ask();
    }
    this.#timer = this.#timers.after(delayMs, () => this.ask(true));
  }
}
