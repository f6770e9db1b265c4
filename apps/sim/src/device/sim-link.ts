import type { Report } from "@flotilla/contracts";
import type { MqttLinkOptions } from "@flotilla/agent/effects/mqtt-link";
import type { Session } from "../broker/broker.ts";
import type { World } from "../world.ts";
import type { Life } from "./life.ts";

const ACKNOWLEDGE_TIMEOUT_MS = 30_000;

/** The device's MQTT connection on the simulated network: TCP, so that what arrives arrives in order, until the connection breaks. */
export class SimLink {
  readonly #world: World;
  readonly #life: Life;
  readonly #deviceId: string;
  readonly #options: MqttLinkOptions;
  readonly #acknowledged: (report: Report) => void;
  #session: Session | null = null;
  readonly #waiting = new Set<(error: Error) => void>();
  #attempts = 0;
  #lastArrival = 0;

  constructor(world: World, life: Life, deviceId: string, options: MqttLinkOptions, acknowledged: (report: Report) => void) {
    this.#world = world;
    this.#life = life;
    this.#deviceId = deviceId;
    this.#options = options;
    this.#acknowledged = acknowledged;
  }

  async start(): Promise<void> {
    this.#connectIn(0);
  }

  async stop(): Promise<void> {
    this.#lost();
  }

  isConnected(): boolean {
    return this.#session !== null;
  }

  #connectIn(waitMs: number): void {
    this.#life.after(waitMs, () => this.#connect(), "connects to the broker");
  }

  #connect(): void {
    const { network, broker, store } = this.#world;
    const delayMs = network.delay(this.#deviceId);
    if (delayMs === null || !broker.isUp || store.device(this.#deviceId).revoked) return this.#tryAgain();
    this.#attempts = 0;
    const { bootId, onHint, onConnect } = this.#options;
    const session: Session = {
      deviceId: this.#deviceId,
      will: { online: false, bootId },
      isAlive: () => !this.#life.isDead && this.#session === session && !network.isCut(this.#deviceId),
      onHint,
      onLost: () => {
        if (this.#session === session && !this.#life.isDead) this.#lost();
      },
    };
    this.#session = session;
    broker.connect(session);
    broker.publishPresence(this.#deviceId, { online: true, bootId });
    onConnect();
  }

  #lost(): void {
    this.#session = null;
    for (const reject of this.#waiting) reject(new Error("the connection was lost before the broker acknowledged"));
    this.#waiting.clear();
    this.#tryAgain();
  }

  #tryAgain(): void {
    const capMs = Math.min(60_000, 1000 * 2 ** this.#attempts);
    this.#attempts += 1;
    this.#connectIn(this.#world.random.between(100, capMs));
  }

  async publish(report: Report): Promise<void> {
    const session = this.#session;
    if (session === null) throw new Error("not connected");
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.add(reject);
    const timeout = this.#life.after(
      ACKNOWLEDGE_TIMEOUT_MS,
      () => reject(new Error("the broker did not acknowledge")),
      "no acknowledgement",
    );
    this.#send(session, report, resolve);
    try {
      await promise;
      this.#acknowledged(report);
    } finally {
      timeout.cancel();
      this.#waiting.delete(reject);
    }
  }

  #send(session: Session, report: Report, resolve: () => void): void {
    const { network, broker } = this.#world;
    const outMs = network.delay(this.#deviceId);
    // A segment that is lost for good is a connection that is lost.
    if (outMs === null) return void this.#life.after(ACKNOWLEDGE_TIMEOUT_MS / 2, () => broker.drop(session), "connection breaks");
    this.#lastArrival = Math.max(this.#lastArrival, this.#world.now + outMs);
    this.#world.after(this.#lastArrival - this.#world.now, `${this.#life.name} publishes ${report.kind} ${report.n}`, () => {
      if (this.#session !== session && !this.#life.isDead) return;
      if (!broker.isUp) return;
      if (report.kind === "state") broker.publishState(this.#deviceId, report);
      const backMs = network.delay(this.#deviceId);
      if (backMs !== null) this.#life.after(backMs, resolve, "acknowledged");
    });
  }
}
