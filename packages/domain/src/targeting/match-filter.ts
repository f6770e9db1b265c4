import type { DeviceFilter, ErrorCode } from "@flotilla/contracts";
import type { Health } from "@flotilla/contracts/views";

export interface FilterableDevice {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly profileName: string;
  readonly online: boolean;
  readonly health: Health;
  readonly reasonCode: ErrorCode | null;
  readonly running: { readonly releaseId: string; readonly modelId: string } | null;
}

/** Every condition must hold; an absent or empty one holds for all. services has the same rules as SQL; a test holds the two together. */
export function matchesFilter(filter: DeviceFilter, device: FilterableDevice): boolean {
  const search = filter.search?.trim().toLowerCase();
  if (search !== undefined && search !== "" && !device.name.toLowerCase().includes(search)) return false;
  if (!Object.entries(filter.tags ?? {}).every(([key, value]) => device.tags[key] === value)) return false;
  if (isSet(filter.profiles) && !filter.profiles.includes(device.profileName)) return false;
  if (filter.online !== undefined && filter.online !== device.online) return false;
  if (filter.modelId !== undefined && filter.modelId !== device.running?.modelId) return false;
  if (filter.releaseId !== undefined && filter.releaseId !== device.running?.releaseId) return false;
  if (filter.reason !== undefined && filter.reason !== device.reasonCode) return false;
  if (isSet(filter.health) && !(filter.health as readonly Health[]).includes(device.health)) return false;
  return true;
}

function isSet<T>(list: readonly T[] | undefined): list is readonly T[] {
  return list !== undefined && list.length > 0;
}
