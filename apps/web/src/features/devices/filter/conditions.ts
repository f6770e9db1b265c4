import type { DeviceFilter, ErrorCode } from "@flotilla/contracts";

export const filterHealths = ["healthy", "busy", "warning", "failed", "offline"] as const;
export type FilterHealth = (typeof filterHealths)[number];

/** One condition as a person sees it; a filter is a set of them, and every one must hold. */
export type Condition =
  | { kind: "health"; value: FilterHealth }
  | { kind: "online"; value: boolean }
  | { kind: "profile"; value: string }
  | { kind: "tag"; key: string; value: string }
  | { kind: "model"; value: string }
  | { kind: "release"; value: string }
  | { kind: "reason"; value: ErrorCode };

export type ConditionKind = Condition["kind"];
export const conditionKinds: readonly ConditionKind[] = ["health", "online", "profile", "tag", "model", "release", "reason"];

/** A filter taken apart; the search text is not a condition, it has its own field. */
export function conditionsOf(filter: DeviceFilter): Condition[] {
  return [
    ...(filter.health ?? []).map((value): Condition => ({ kind: "health", value })),
    ...(filter.online === undefined ? [] : [{ kind: "online", value: filter.online } as const]),
    ...(filter.profiles ?? []).map((value): Condition => ({ kind: "profile", value })),
    ...Object.entries(filter.tags ?? {}).map(([key, value]): Condition => ({ kind: "tag", key, value })),
    ...(filter.modelId === undefined ? [] : [{ kind: "model", value: filter.modelId } as const]),
    ...(filter.releaseId === undefined ? [] : [{ kind: "release", value: filter.releaseId } as const]),
    ...(filter.reason === undefined ? [] : [{ kind: "reason", value: filter.reason } as const]),
  ];
}

/** Adds a condition; a second one of a kind that holds one value replaces it. */
export function withCondition(filter: DeviceFilter, condition: Condition): DeviceFilter {
  switch (condition.kind) {
    case "health":
      return { ...filter, health: [...new Set([...(filter.health ?? []), condition.value])] };
    case "online":
      return { ...filter, online: condition.value };
    case "profile":
      return { ...filter, profiles: [...new Set([...(filter.profiles ?? []), condition.value])] };
    case "tag":
      return { ...filter, tags: { ...filter.tags, [condition.key]: condition.value } };
    case "model":
      return { ...filter, modelId: condition.value };
    case "reason":
      return { ...filter, reason: condition.value };
    default:
      return { ...filter, releaseId: condition.value };
  }
}

/** Takes a condition out; what is left empty is left out. */
export function withoutCondition(filter: DeviceFilter, condition: Condition): DeviceFilter {
  const { health = [], profiles = [], tags = {}, online, modelId, releaseId, reason, ...rest } = filter;
  const is = (kind: ConditionKind) => condition.kind === kind;
  const leftHealth = is("health") ? health.filter((value) => value !== condition.value) : health;
  const leftProfiles = is("profile") ? profiles.filter((value) => value !== condition.value) : profiles;
  const leftTags = condition.kind === "tag" ? Object.fromEntries(Object.entries(tags).filter(([key]) => key !== condition.key)) : tags;
  return {
    ...rest,
    ...(leftHealth.length === 0 ? {} : { health: leftHealth }),
    ...(leftProfiles.length === 0 ? {} : { profiles: leftProfiles }),
    ...(Object.keys(leftTags).length === 0 ? {} : { tags: leftTags }),
    ...(online === undefined || is("online") ? {} : { online }),
    ...(modelId === undefined || is("model") ? {} : { modelId }),
    ...(releaseId === undefined || is("release") ? {} : { releaseId }),
    ...(reason === undefined || is("reason") ? {} : { reason }),
  };
}

/** Whether a filter leaves anything out. */
export function isNarrowing(filter: DeviceFilter): boolean {
  return conditionsOf(filter).length > 0 || (filter.search ?? "").trim() !== "";
}
