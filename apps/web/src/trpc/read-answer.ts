/** A value as superjson writes it: plain JSON, and what JSON cannot say by the path to it. */
export interface PlainAnswer {
  json?: unknown;
  meta?: { values?: unknown } | undefined;
}

const REVIVERS: Readonly<Record<string, (plain: unknown) => unknown>> = {
  Date: (plain) => new Date(String(plain)),
  undefined: () => undefined,
  number: Number,
  bigint: (plain) => BigInt(String(plain)),
};

/**
 * Reads what the server wrote with superjson, for the kinds that its answers hold. The library itself carries sets, classes and symbols for
 * both directions, which would be weight on every page.
 *
 * @throws a kind that no answer had so far: it needs a line above
 */
export function readAnswer({ json, meta }: PlainAnswer): unknown {
  const values = meta?.values;
  if (values === undefined) return json;
  if (Array.isArray(values)) return revive(values, json);
  for (const [path, kind] of Object.entries(values as Record<string, unknown>)) {
    const keys = splitPath(path);
    const last = keys.pop() ?? "";
    const holder = keys.reduce<unknown>((place, key) => (place as Record<string, unknown>)[key], json) as Record<string, unknown>;
    holder[last] = revive(kind, holder[last]);
  }
  return json;
}

function revive(kind: unknown, plain: unknown): unknown {
  const [name, inner] = Array.isArray(kind) ? (kind as unknown[]) : [kind];
  const reviver = inner === undefined ? REVIVERS[String(name)] : undefined;
  if (reviver === undefined) throw new Error(`The server's answer holds a value of a kind that this page cannot read: ${String(name)}.`);
  return reviver(plain);
}

/** `a.b\.c` → `a`, `b.c`: dots part the keys, a backslash takes the next character as it is. */
function splitPath(path: string): string[] {
  return path.replace(/\\(.)|\./g, (_, escaped?: string) => escaped ?? "\0").split("\0");
}
