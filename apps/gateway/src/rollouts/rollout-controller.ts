import type { LiveEvent } from "@flotilla/contracts";
import {
  advanceRollout,
  listLiveRollouts,
  type LiveRollout,
  listRolloutsToFollow,
  startDueRollouts,
  type ServiceContext,
} from "@flotilla/services";
import { RoundLoop } from "../round-loop.ts";

export interface ControllerTiming {
  /** The slow tick: which rollouts live, and whose devices came or went unheard. Two small statements, no rollout is loaded for them. */
  tickMs: number;
  /** Devices announce themselves in crowds; one look serves all that do so within this time. */
  crowdMs: number;
  /** A rollout without news is looked at this often all the same. */
  checkMs: number;
  /** A rollout that could not be looked at is tried again after this. */
  retryMs: number;
}

const TIMING: ControllerTiming = { tickMs: 2_000, crowdMs: 250, checkMs: 60_000, retryMs: 1_000 };

/**
 * A rollout rests after a look for a multiple of what it took: news of a large fleet come in every moment. While its stage waits for devices and none
 * failed, looks take at most a tenth of the time. Once the last one has its outcome, or one more fails, at most a third: a look at a stage of a thousand
 * takes some 20 ms, so a stage is passed within some 60 ms of its last report. So it is after a look that moved something: a rollout that has only so many
 * devices under way at once fills up. After a full wave comes the next one.
 */
const REST_FACTOR = 9;
const DECIDED_REST_FACTOR = 2;
const MAX_REST_MS = 2_000;

/** After a look: until when, in ms, and what was known then. */
interface Rest {
  readonly until: number;
  /** Where something is decided since. */
  readonly decidedUntil: number;
  readonly failed: number;
}

/**
 * Lets live rollouts go on, and starts those whose hour has come. A rollout is loaded only when something about it was announced, when one of its devices came, went or was revoked,
 * and when time alone can change it: a soak or a deadline that ends. Several gateways may run it: a rollout is advanced under its row's
 * lock, so a decision is taken once.
 */
export class RolloutController {
  readonly #ctx: ServiceContext;
  readonly #timing: ControllerTiming;
  readonly #loop: RoundLoop;
  /** When each live rollout is to be looked at without news, in ms. */
  #due = new Map<string, number>();
  readonly #rests = new Map<string, Rest>();
  #news = new Set<string>();
  #everything = true;
  #followAt = 0;
  #followRestUntil = 0;

  constructor(ctx: ServiceContext, timing: ControllerTiming = TIMING) {
    this.#ctx = ctx;
    this.#timing = timing;
    this.#loop = new RoundLoop({ name: "rollouts", round: async (stopping) => await this.#round(stopping), logger: ctx.logger });
  }

  start(): void {
    this.#loop.wake();
  }

  hear({ topic, id }: LiveEvent): void {
    if (topic === "rollout") {
      if (id === undefined) this.#everything = true;
      else this.#news.add(id);
      this.#loop.wake();
    } else if (topic === "device") {
      this.#followAt = this.#followRestUntil;
      this.#loop.wakeWithin(this.#timing.crowdMs);
    }
  }

  /** News may have been lost: looks at every live rollout. */
  lookAtAll(): void {
    this.#everything = true;
    this.#loop.wake();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async #round(stopping: AbortSignal): Promise<number> {
    // Before the live ones are listed: what starts is one of them. Its own news lead to the next round.
    const startAt = await startDueRollouts(this.#ctx);
    for (const rollout of await this.#listDue()) {
      if (stopping.aborted) return this.#timing.tickMs;
      await this.#advance(rollout);
    }
    const now = this.#ctx.clock().getTime();
    return Math.max(0, Math.min(this.#followAt, startAt?.getTime() ?? Infinity, ...this.#due.values()) - now);
  }

  /** The live rollouts that are to be looked at now. What was heard is only forgotten once the database has answered. */
  async #listDue(): Promise<LiveRollout[]> {
    const [news, everything] = [this.#news, this.#everything];
    [this.#news, this.#everything] = [new Set(), false];
    try {
      const live = await listLiveRollouts(this.#ctx);
      const now = this.#ctx.clock().getTime();
      this.#due = new Map(live.map(({ id }) => [id, this.#due.get(id) ?? 0]));
      if (live.length === 0) this.#followAt = now + this.#timing.tickMs;
      else if (this.#followAt <= now) await this.#follow(news);
      for (const id of this.#rests.keys()) if (!this.#due.has(id)) this.#rests.delete(id);
      const wanted = live.filter(({ id }) => everything || news.has(id) || (this.#due.get(id) ?? 0) <= now);
      return wanted.filter((rollout) => !this.#isResting(rollout, now));
    } catch (error) {
      this.#everything = true;
      throw error;
    }
  }

  /** Whose devices came or went. It rests like a look does: the devices of a large fleet come and go all the time. */
  async #follow(news: Set<string>): Promise<void> {
    const began = performance.now();
    for (const id of await listRolloutsToFollow(this.#ctx)) news.add(id);
    const now = this.#ctx.clock().getTime();
    this.#followAt = now + this.#timing.tickMs;
    this.#followRestUntil = now + restMs(performance.now() - began, REST_FACTOR);
  }

  /** What is resting is looked at right afterwards. */
  #isResting({ id, open, failed }: LiveRollout, now: number): boolean {
    const rest = this.#rests.get(id);
    if (rest === undefined) return false;
    const decided = open === null || open === 0 || failed !== rest.failed;
    const until = decided ? rest.decidedUntil : rest.until;
    if (until <= now) return false;
    this.#due.set(id, until);
    return true;
  }

  /** Never rejects: one rollout that cannot be advanced does not hold up the others. */
  async #advance({ id: rolloutId, failed }: LiveRollout): Promise<void> {
    const began = performance.now();
    let factor = REST_FACTOR;
    this.#rests.delete(rolloutId);
    try {
      const { changed, did, nextChangeAt } = await advanceRollout(this.#ctx, { rolloutId });
      const now = this.#ctx.clock().getTime();
      const next = nextChangeAt?.getTime() ?? Infinity;
      // What was changed may have more to follow: the next wave, the next stage.
      this.#due.set(rolloutId, changed ? now : Math.min(next, now + this.#timing.checkMs));
      if (did === "full wave") return;
      if (did === "some") factor = DECIDED_REST_FACTOR;
    } catch (error) {
      this.#due.set(rolloutId, this.#ctx.clock().getTime() + this.#timing.retryMs);
      this.#ctx.logger.error({ err: error, rolloutId }, "a rollout could not be advanced; it is tried again");
    }
    const [now, tookMs] = [this.#ctx.clock().getTime(), performance.now() - began];
    this.#rests.set(rolloutId, {
      until: now + restMs(tookMs, factor),
      decidedUntil: now + restMs(tookMs, DECIDED_REST_FACTOR),
      failed,
    });
  }
}

const restMs = (tookMs: number, factor: number): number => Math.min(tookMs * factor, MAX_REST_MS);
