import type { Journal, SlotName } from "@flotilla/agent/core/journal";

/** What is true of one device, kept where no fault reaches: what its disk and its server say is held against it. */
export class Ledger {
  /** The journal that the agent has been told is durable. */
  durable: Journal | null = null;
  /** Texts of the journals that a power cut may leave: the durable one, and those written since. */
  candidates: string[] = [];
  /** Release that each number was served for. */
  readonly served = new Map<number, string>();
  /** Releases whose probe has passed on this device, or that it was made with. */
  readonly probed = new Set<string>();
  highestCounter = 0;
  /** `<seq> <release> <digest>` of every truthful ACTIVE about what was assigned. */
  readonly proved = new Set<string>();
  /** `<bootId> <n>` of reports that the server or the broker has acknowledged to this device. */
  readonly acknowledged = new Set<string>();
  /** Starts of the agent, in order. */
  readonly boots: string[] = [];
  /** A slot was damaged on the medium: what it held may be lost. */
  isRotten = false;
  /** A person tampered with nothing, and the disk gave no error: a good release has no reason to be rejected. */
  hadDiskErrors = false;
  /** Release that answered applications last. */
  serving: string | null = null;

  /** Slots whose host has ended, and the agent has not come to it yet: what it says in between it cannot know better. */
  readonly unheardEnds = new Set<SlotName>();

  /** Position of a report among all that the device ever numbered. */
  orderOf({ bootId, n }: { bootId: string; n: number }): number {
    return this.boots.indexOf(bootId) * 1_000_000 + n;
  }
}
