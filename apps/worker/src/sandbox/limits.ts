/** What a child may use before it is killed. */
export interface ChildLimits {
  /** Resident memory. */
  memoryBytes: number;
  /** From its start. */
  wallClockMs: number;
}

/** Address space is no memory, but one allocation of 64 GB is refused by it before anything is touched. Node alone maps about 1.5 GB. */
export const ADDRESS_SPACE_SLACK_BYTES = 6 * 2 ** 30;
