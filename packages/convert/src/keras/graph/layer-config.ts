import { convertError } from "../../errors.ts";

/**
 * The settings of a layer, read by name with the type that is due. Values come from outside: each reader checks.
 * All readers throw FlotillaError INVALID_GRAPH, naming layer and setting.
 */
export class LayerConfig {
  readonly values: Readonly<Record<string, unknown>>;
  readonly #where: string;
  /** Major version of Keras that wrote the file. */
  readonly keras: 1 | 2 | 3;

  constructor(values: Readonly<Record<string, unknown>>, where: string, keras: 1 | 2 | 3) {
    this.values = values;
    this.#where = where;
    this.keras = keras;
  }

  /** The value as it stands; null where it is absent. */
  raw(name: string): unknown {
    return Object.hasOwn(this.values, name) ? (this.values[name] ?? null) : null;
  }

  number(name: string, fallback: number): number {
    const value = unwrap(this.raw(name)) ?? fallback;
    return typeof value === "number" && Number.isFinite(value) ? value : this.#fail(name, "a number");
  }

  numberOrNull(name: string): number | null {
    return this.raw(name) === null ? null : this.number(name, 0);
  }

  int(name: string, fallback?: number): number {
    const value = this.raw(name) ?? fallback;
    return typeof value === "number" && Number.isSafeInteger(value) ? value : this.#fail(name, "a whole number");
  }

  bool(name: string, fallback: boolean): boolean {
    const value = this.raw(name) ?? fallback;
    return typeof value === "boolean" ? value : this.#fail(name, "true or false");
  }

  text(name: string, fallback: string): string {
    const value = this.raw(name) ?? fallback;
    return typeof value === "string" ? value : this.#fail(name, "a text");
  }

  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const value = this.text(name, fallback);
    return choices.find((choice) => choice === value) ?? this.#fail(name, `one of ${choices.join(", ")}`);
  }

  /** `count` whole numbers from `least` on: a list of them, or one for all. */
  sizes(name: string, count: number, fallback?: number, least = 1): number[] {
    const value = this.raw(name) ?? fallback;
    const list = typeof value === "number" ? Array.from({ length: count }, () => value) : Array.isArray(value) ? value.map(Number) : [];
    if (list.length === count && list.every((item) => Number.isSafeInteger(item) && item >= least)) return list;
    return this.#fail(name, `${count} whole numbers`);
  }

  /** Numbers of a list, or the one number. */
  numbers(name: string): number[] {
    const value = this.raw(name);
    const list: unknown[] = Array.isArray(value) ? value.flat(8) : [value];
    return list.every((item): item is number => typeof item === "number") ? list : this.#fail(name, "numbers");
  }

  /** Whole numbers of a list, or the one. */
  axes(name: string, fallback: number): number[] {
    return this.raw(name) === null ? [fallback] : this.numbers(name);
  }

  #fail(name: string, due: string): never {
    const found = JSON.stringify(this.raw(name))?.slice(0, 60) ?? "nothing";
    throw convertError("INVALID_GRAPH", `The layer ${this.#where} has ${name} = ${found}, where ${due} is due. Save the model again.`);
  }
}

/** Keras 2 writes NumPy scalars as `{"class_name": "__numpy__", "config": {"value": …}}` or `{"type": "ndarray", "value": …}`. */
function unwrap(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const record = value as Readonly<Record<string, unknown>>;
  if (record["type"] === "ndarray") return record["value"];
  const { config } = record as { config?: { value?: unknown } };
  return config?.value ?? value;
}
