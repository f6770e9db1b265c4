import { advanceRollout, listLiveRollouts, type ServiceContext } from "@flotilla/services";

/** Deadlines and soaks end by the clock, so live rollouts are looked at this often without any news. */
const TICK_MS = 500;

/**
 * Lets live rollouts go on: at every tick, and at once when something about a rollout was announced. Several gateways may run it: a rollout is
 * advanced under its row's lock, so a decision is taken once.
 */
export class RolloutController {
  readonly #ctx: ServiceContext;
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  constructor(ctx: ServiceContext) {
    this.#ctx = ctx;
  }

  start(): void {
    this.wake();
  }

  /** Looks now. */
  wake(): void {
    if (this.#stopped) return;
    if (this.#round !== null) {
      this.#again = true;
      return;
    }
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#round = this.#runRound();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#round;
  }

  async #runRound(): Promise<void> {
    do {
      this.#again = false;
      await this.#advanceAll();
    } while (this.#again && !this.#stopped);
    this.#round = null;
    if (!this.#stopped) this.#timer = setTimeout(() => this.wake(), TICK_MS);
  }

  /** Never rejects: one rollout that cannot be advanced does not hold up the others. */
  async #advanceAll(): Promise<void> {
    const ids = await listLiveRollouts(this.#ctx).catch((error: unknown) => {
      this.#ctx.logger.warn({ err: error }, "the live rollouts could not be read; they are tried again");
      return [];
    });
    for (const rolloutId of ids) {
      if (this.#stopped) return;
      try {
        await advanceRollout(this.#ctx, { rolloutId });
      } catch (error) {
        this.#ctx.logger.error({ err: error, rolloutId }, "a rollout could not be advanced; it is tried again");
      }
    }
  }
}
