/** Something that will happen at an instant of virtual time. */
export interface Planned {
  readonly at: number;
  readonly order: number;
  readonly label: string;
  readonly run: () => void;
  cancelled: boolean;
}

const sooner = (a: Planned, b: Planned): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Everything that promises have led to is done before the next event: nothing in a history waits for the real world. */
const settled = async (): Promise<void> => await new Promise((resolve) => void setImmediate(resolve));

/** Virtual time in ms: a binary heap of events, one after the other. */
export class Scheduler {
  readonly #heap: Planned[] = [];
  #order = 0;
  readonly #onStep: (label: string) => void;
  now = 0;
  steps = 0;

  constructor(onStep: (label: string) => void) {
    this.#onStep = onStep;
  }

  after(delayMs: number, label: string, run: () => void): Planned {
    this.#order += 1;
    const planned = { at: this.now + Math.max(0, delayMs), order: this.#order, label, run, cancelled: false };
    this.#push(planned);
    return planned;
  }

  /** Runs what is planned before `end`, until `stop` says so after a step. */
  async runUntil(end: number, stop: () => boolean): Promise<void> {
    await settled();
    for (let next = this.#heap[0]; next !== undefined && next.at <= end && !stop(); next = this.#heap[0]) {
      this.#pop();
      if (next.cancelled) continue;
      this.now = next.at;
      this.steps += 1;
      this.#onStep(next.label);
      next.run();
      await settled();
    }
    if (!stop()) this.now = end;
  }

  #push(planned: Planned): void {
    const heap = this.#heap;
    let index = heap.push(planned) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Planned;
      if (!sooner(planned, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = planned;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && sooner(heap[child + 1] as Planned, heap[child] as Planned)) child += 1;
      const below = heap[child] as Planned;
      if (!sooner(below, last)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = last;
  }
}
