/** A timer that was set. `unref`: it alone keeps no process alive. */
export interface Timer {
  cancel(): void;
  unref(): void;
}

/** Time that passes, which has nothing to do with the wall clock: that one may be wrong, and may jump. */
export interface Timers {
  /** Milliseconds since some start; only grows. */
  monotonicMs(): number;
  after(delayMs: number, act: () => void): Timer;
}

export const nodeTimers: Timers = {
  monotonicMs: () => performance.now(),
  after: (delayMs, act) => {
    const timer = setTimeout(act, delayMs);
    return { cancel: () => clearTimeout(timer), unref: () => void timer.unref() };
  },
};
