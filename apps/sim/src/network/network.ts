import type { Random } from "../kernel/random.ts";

/** What one network does to messages. All chances are per message. */
export class Network {
  readonly #random: Random;
  readonly #cut = new Set<string>();
  isServerCut = false;
  lossChance = 0;
  breakChance = 0;
  repeatChance = 0;
  staleChance = 0;
  slowChance = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  cut(deviceId: string): void {
    this.#cut.add(deviceId);
  }

  heal(deviceId: string): void {
    this.#cut.delete(deviceId);
  }

  healAll(): void {
    this.#cut.clear();
    this.isServerCut = false;
    this.lossChance = 0;
    this.breakChance = 0;
    this.repeatChance = 0;
    this.staleChance = 0;
    this.slowChance = 0;
  }

  isCut(deviceId: string): boolean {
    return this.isServerCut || this.#cut.has(deviceId);
  }

  /** Of one message on its way; null where it never arrives. */
  delay(deviceId: string): number | null {
    if (this.isCut(deviceId) || this.#random.chance(this.lossChance)) return null;
    return this.#random.chance(this.slowChance) ? this.#random.between(1000, 40_000) : this.#random.between(5, 200);
  }
}
