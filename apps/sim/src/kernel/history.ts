const KEPT_LINES = 60;

/** Which promise was broken, and how. */
export interface Violation {
  readonly invariant: string;
  readonly message: string;
  readonly atMs: number;
  readonly step: number;
}

/** What happened, as a hash, as the last lines, and as counts. */
export class History {
  readonly counts = new Map<string, number>();
  readonly lines: string[] = [];
  readonly #print: ((line: string) => void) | null;
  #high = 0xdeadbeef;
  #low = 0x41c6ce57;
  violation: Violation | null = null;

  constructor(print: ((line: string) => void) | null) {
    this.#print = print;
  }

  /** cyrb53 over all lines: two runs of one seed must end with the same. */
  get hash(): string {
    return (this.#high >>> 0).toString(16).padStart(8, "0") + (this.#low >>> 0).toString(16).padStart(8, "0");
  }

  note(atMs: number, text: string): void {
    const line = `${(atMs / 1000).toFixed(3).padStart(10)} ${text}`;
    for (let index = 0; index < line.length; index += 1) {
      const code = line.charCodeAt(index);
      this.#high = Math.imul(this.#high ^ code, 2654435761);
      this.#low = Math.imul(this.#low ^ code, 1597334677);
    }
    this.lines.push(line);
    if (this.lines.length > 2 * KEPT_LINES) this.lines.splice(0, KEPT_LINES);
    this.#print?.(line);
  }

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  get lastLines(): readonly string[] {
    return this.lines.slice(-KEPT_LINES);
  }
}
