import type { AgentPhase, DeviceProfile, ErrorCode } from "@flotilla/contracts";
import type { Health } from "@flotilla/contracts/views";
import type { FilterFieldName } from "./fields.ts";
import type { Comparison, Filter, FilterSubject } from "./filter.ts";

/** What a filter can ask of a device. */
export interface FilterableDevice {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly profile: DeviceProfile;
  readonly online: boolean;
  readonly health: Health;
  readonly phase: AgentPhase | null;
  readonly reasonCode: ErrorCode | null;
  readonly temperatureC: number | null;
  readonly latencyP95Ms: number | null;
  readonly lastSeenAt: Date | null;
  readonly createdAt: Date;
  /** What it proves to run. */
  readonly running: {
    readonly releaseId: string;
    readonly releaseName: string;
    readonly modelId: string;
    readonly modelName: string;
  } | null;
}

const BYTES_PER_MB = 2 ** 20;

/** Whether a device fits a filter now. services compiles the same rules to SQL; a test holds the two together. */
export function matchesFilter(filter: Filter, device: FilterableDevice, now: Date): boolean {
  switch (filter.kind) {
    case "all":
      return true;
    case "and":
      return filter.items.every((item) => matchesFilter(item, device, now));
    case "or":
      return filter.items.some((item) => matchesFilter(item, device, now));
    case "not":
      return !matchesFilter(filter.item, device, now);
    case "online":
      return device.online;
    case "has-tag":
      return Object.hasOwn(device.tags, filter.key);
    case "is":
      return textsOf(filter.subject, device).some((text) => filter.values.includes(text));
    case "like": {
      const pattern = compilePattern(filter.pattern);
      return textsOf(filter.subject, device).some((text) => fitsPattern(pattern, text));
    }
    case "compare": {
      const value = numberOf(filter.field, device);
      return value !== null && compares(value, filter.operator, filter.value);
    }
    default: {
      const at = filter.field === "added" ? device.createdAt : device.lastSeenAt;
      return compares(at === null ? Number.POSITIVE_INFINITY : now.getTime() - at.getTime(), filter.operator, filter.ms);
    }
  }
}

function compares(left: number, operator: Comparison, right: number): boolean {
  switch (operator) {
    case "=":
      return left === right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    default:
      return left >= right;
  }
}

/** A pattern's parts: plain texts, and `*` or `?`. */
export function splitPattern(pattern: string): { readonly text: string; readonly wild: boolean }[] {
  return [...pattern.matchAll(/\\(.)|([*?])|([^\\*?]+|\\$)/gsu)].map(([, escaped, wild, plain]) =>
    wild === undefined ? { text: escaped ?? plain ?? "", wild: false } : { text: wild, wild: true },
  );
}

/** In lower case, a character each; `*` and `?` as such where they are wild. */
function compilePattern(pattern: string): { readonly text: string; readonly wild: boolean }[] {
  return splitPattern(pattern.toLowerCase()).flatMap(({ text, wild }) => Array.from(text).map((character) => ({ text: character, wild })));
}

/**
 * Goes back to the last `*` only: patterns are other people's, and a regular expression with several `.*` takes time by a power of the length.
 */
function fitsPattern(pattern: ReturnType<typeof compilePattern>, text: string): boolean {
  const characters = Array.from(text.toLowerCase());
  let [at, place, star, mark] = [0, 0, -1, 0];
  while (at < characters.length) {
    const part = pattern[place];
    if (part?.wild === true && part.text === "*") {
      star = place;
      mark = at;
      place += 1;
    } else if (part !== undefined && (part.wild || part.text === characters[at])) {
      at += 1;
      place += 1;
    } else if (star !== -1) {
      place = star + 1;
      mark += 1;
      at = mark;
    } else {
      return false;
    }
  }
  return pattern.slice(place).every((part) => part.wild && part.text === "*");
}

function textsOf(subject: FilterSubject, device: FilterableDevice): readonly string[] {
  if ("tag" in subject) return present(Object.hasOwn(device.tags, subject.tag) ? device.tags[subject.tag] : undefined);
  const { profile, running } = device;
  const texts: Partial<Record<FilterFieldName, () => readonly string[]>> = {
    name: () => [device.name],
    health: () => [device.health],
    phase: () => present(device.phase),
    reason: () => present(device.reasonCode),
    model: () => present(running?.modelName),
    release: () => present(running?.releaseName),
    modelId: () => present(running?.modelId),
    releaseId: () => present(running?.releaseId),
    profile: () => [profile.name],
    arch: () => [profile.arch],
    os: () => [profile.os],
    agentVersion: () => [profile.agentVersion],
    runtime: () => profile.runtimes.map(({ name }) => name),
    provider: () => profile.runtimes.flatMap(({ providers }) => providers),
  };
  return texts[subject.field]?.() ?? [];
}

function present(text: string | null | undefined): readonly string[] {
  return text === null || text === undefined ? [] : [text];
}

function numberOf(field: FilterFieldName, { profile, temperatureC, latencyP95Ms }: FilterableDevice): number | null {
  switch (field) {
    case "memoryMb":
      return profile.memoryBytes / BYTES_PER_MB;
    case "diskFreeMb":
      return profile.diskFreeBytes / BYTES_PER_MB;
    case "cpuCount":
      return profile.cpuCount;
    case "opset":
      return profile.runtimes.length === 0 ? null : Math.max(...profile.runtimes.map(({ maxOpset }) => maxOpset));
    case "temperatureC":
      return temperatureC;
    default:
      return latencyP95Ms;
  }
}
