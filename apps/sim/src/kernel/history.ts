const KEPT_LINES = 60;

/** Which promise was broken, and how. */
export interface Violation {
  readonly invariant: string;
  readonly message: string;
  readonly atMs: number;
  readonly step: number;
}

interface Line {
  readonly atMs: number;
  readonly text: string;
}

/** What happened, as a hash, as the last lines, and as counts. */
export class History {
  readonly counts = new Map<string, number>();
  /** Written out only where somebody reads them: a history has thousands. */
  readonly #lines: Line[] = [];
  readonly #print: ((line: string) => void) | null;
  #high = 0xdeadbeef;
  #low = 0x41c6ce57;
  violation: Violation | null = null;

  constructor(print: ((line: string) => void) | null) {
    this.#print = print;
  }

  /** cyrb53 over the instants (in µs) and texts of all lines: two runs of one seed must end with the same. */
  get hash(): string {
    return (this.#high >>> 0).toString(16).padStart(8, "0") + (this.#low >>> 0).toString(16).padStart(8, "0");
  }

  note(atMs: number, text: string): void {
    this.#mix(Math.round(atMs * 1000) | 0);
    for (let index = 0; index < text.length; index += 1) this.#mix(text.charCodeAt(index));
    const line = { atMs, text };
    this.#lines.push(line);
    if (this.#lines.length > 2 * KEPT_LINES) this.#lines.splice(0, KEPT_LINES);
    this.#print?.(written(line));
  }

  #mix(value: number): void {
    this.#high = Math.imul(this.#high ^ value, 2654435761);
    this.#low = Math.imul(this.#low ^ value, 1597334677);
  }

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  get lastLines(): readonly string[] {
    return this.#lines.slice(-KEPT_LINES).map(written);
  }
}

const written = ({ atMs, text }: Line): string => `${(atMs / 1000).toFixed(3).padStart(10)} ${text}`;
