import { TOPICS } from "@flotilla/contracts";
import type { MqttClient } from "@flotilla/mqtt";
import { deleteOutbox, type OutboxRow, readOutbox, type ServiceContext } from "@flotilla/services";
import { RoundLoop } from "../round-loop.ts";

/** Messages that are under way at once: a wave goes out in a few round trips. */
const BATCH = 2_000;
const POLL_MS = 500;

/**
 * Publishes the outbox: each row is deleted only after the broker acknowledged its message, so that a broker or a gateway that dies in
 * between costs a repetition and never a message. Retained messages of one topic replace each other: only the newest of a batch goes out.
 */
export class OutboxPublisher {
  readonly #ctx: ServiceContext;
  readonly #mqtt: MqttClient;
  readonly #loop: RoundLoop;

  constructor(ctx: ServiceContext, mqtt: MqttClient) {
    this.#ctx = ctx;
    this.#mqtt = mqtt;
    const round = async (stopping: AbortSignal): Promise<number> => await this.#publishAll(stopping);
    this.#loop = new RoundLoop({ name: "outbox", round, logger: ctx.logger, retryMs: POLL_MS });
  }

  start(): void {
    this.#mqtt.onConnect(() => this.wake());
    this.wake();
  }

  /** Looks now: something was written, or the broker is back. */
  wake(): void {
    this.#loop.wake();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  /** Batch after batch until nothing is left that can go out. */
  async #publishAll(stopping: AbortSignal): Promise<number> {
    let more = true;
    while (more && !stopping.aborted) more = this.#mqtt.isConnected() && (await this.#publishBatch());
    return POLL_MS;
  }

  /** true where there may be more. */
  async #publishBatch(): Promise<boolean> {
    const rows = await readOutbox(this.#ctx, BATCH);
    if (rows.length === 0) return false;
    const newest = new Map(rows.map((row) => [`${row.deviceId} ${row.topic}`, row]));
    const results = await Promise.all([...newest.values()].map(async (row) => ({ row, done: await this.#publish(row) })));
    const done = new Set(results.filter((result) => result.done).map(({ row }) => `${row.deviceId} ${row.topic}`));
    const ids = rows.filter((row) => done.has(`${row.deviceId} ${row.topic}`)).map(({ id }) => id);
    if (ids.length > 0) await deleteOutbox(this.#ctx, ids);
    return rows.length === BATCH && ids.length > 0;
  }

  /** true where the row is done with: acknowledged, or never to be published. */
  async #publish({ id, deviceId, topic, payload }: OutboxRow): Promise<boolean> {
    const parsed = TOPICS[topic].schema.safeParse(payload);
    if (!parsed.success) {
      this.#ctx.logger.error(
        { id, topic, problem: parsed.error.issues[0]?.message },
        "an outbox row does not fit its topic and is dropped",
      );
      return true;
    }
    try {
      await this.#mqtt.publish(topic, deviceId, parsed.data);
      return true;
    } catch (error) {
      this.#ctx.logger.warn({ id, deviceId, err: error }, "a message was not acknowledged and stays in the outbox");
      return false;
    }
  }
}
