import { maintainHistory, type Retention, type ServiceContext } from "@flotilla/services";
import { RoundLoop } from "../round-loop.ts";

const EVERY_MS = 3_600_000;
const RETRY_MS = 60_000;

/** Has history maintained at the start and every hour; several gateways may run it, one of them does. */
export class HistoryKeeper {
  readonly #loop: RoundLoop;

  constructor(ctx: ServiceContext, retention: Retention) {
    const round = async (): Promise<number> => {
      const done = await maintainHistory(ctx, retention);
      if (done !== null && (done.made.length > 0 || done.dropped.length > 0 || done.pruned > 0))
        ctx.logger.info(done, "history maintained");
      return EVERY_MS;
    };
    this.#loop = new RoundLoop({ name: "history", round, logger: ctx.logger, retryMs: RETRY_MS });
  }

  start(): void {
    this.#loop.wake();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }
}
