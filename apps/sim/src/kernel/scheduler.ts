/** Something that will happen at an instant of virtual time. */
export interface Planned {
  readonly at: number;
  readonly order: number;
  readonly label: string;
  readonly run: () => void;
  cancelled: boolean;
}

const sooner = (a: Planned, b: Planned): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Events in one pass of Node's event loop: a pass costs a system call, which is as much as a small event. */
const EVENTS_A_PASS = 64;

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
    await eachSettled(() => !stop() && this.#step(end));
    if (!stop()) this.now = end;
  }

  /** @returns false where nothing is planned before `end` */
  #step(end: number): boolean {
    const next = this.#next(end);
    if (next === undefined) return false;
    this.now = next.at;
    this.steps += 1;
    this.#onStep(next.label);
    next.run();
    return true;
  }

  #next(end: number): Planned | undefined {
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      this.#pop();
      if (!next.cancelled) return next;
    }
    return undefined;
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

/**
 * Calls `step` until it returns false. Everything that promises have led to is done before each call: Node empties its queues of ticks and
 * microtasks, and tells of unhandled rejections, between two immediates. Nothing in a history waits for the real world.
 */
async function eachSettled(step: () => boolean): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let isOver = false;
  const turn = (): void => {
    if (isOver) return;
    try {
      isOver = !step();
      if (isOver) resolve();
    } catch (error) {
      isOver = true;
      reject(error);
    }
  };
  const pass = (): void => {
    if (isOver) return;
    for (let count = 0; count < EVENTS_A_PASS; count += 1) setImmediate(turn);
    setImmediate(pass);
  };
  pass();
  await promise;
}
