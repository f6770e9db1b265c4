"use client";
import { type DeviceFilter, errorCodes } from "@flotilla/contracts";
import { parseAsArrayOf, parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useMemo } from "react";
import { filterHealths } from "./conditions.ts";

const parsers = {
  q: parseAsString,
  health: parseAsArrayOf(parseAsStringLiteral(filterHealths)),
  online: parseAsBoolean,
  profile: parseAsArrayOf(parseAsString),
  /** `site=hafen`; the first `=` divides. */
  tag: parseAsArrayOf(parseAsString),
  model: parseAsString,
  release: parseAsString,
  reason: parseAsStringLiteral(errorCodes),
};

function splitTag(text: string): [string, string] {
  const at = text.indexOf("=");
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

/** The device filter that the address says, and a way to change both. */
export function useUrlFilter(): [DeviceFilter, (filter: DeviceFilter) => void] {
  const [url, setUrl] = useQueryStates(parsers, { history: "replace" });
  const filter = useMemo<DeviceFilter>(
    () => ({
      ...(url.q === null || url.q === "" ? {} : { search: url.q.slice(0, 120) }),
      ...(url.health === null || url.health.length === 0 ? {} : { health: url.health }),
      ...(url.online === null ? {} : { online: url.online }),
      ...(url.profile === null || url.profile.length === 0 ? {} : { profiles: url.profile }),
      ...(url.tag === null || url.tag.length === 0 ? {} : { tags: Object.fromEntries(url.tag.map(splitTag)) }),
      ...(url.model === null ? {} : { modelId: url.model }),
      ...(url.release === null ? {} : { releaseId: url.release }),
      ...(url.reason === null ? {} : { reason: url.reason }),
    }),
    [url],
  );
  const setFilter = (next: DeviceFilter) => {
    const tags = Object.entries(next.tags ?? {}).map(([key, value]) => `${key}=${value}`);
    void setUrl({
      q: next.search === undefined || next.search === "" ? null : next.search,
      health: next.health === undefined || next.health.length === 0 ? null : next.health,
      online: next.online ?? null,
      profile: next.profiles === undefined || next.profiles.length === 0 ? null : next.profiles,
      tag: tags.length === 0 ? null : tags,
      model: next.modelId ?? null,
      release: next.releaseId ?? null,
      reason: next.reason ?? null,
    });
  };
  return [filter, setFilter];
}

/** The address of the device list with a filter, for links from other pages. */
export function devicesHref(filter: DeviceFilter): string {
  const search = new URLSearchParams();
  if (filter.search !== undefined) search.set("q", filter.search);
  if (filter.health !== undefined) search.set("health", filter.health.join(","));
  if (filter.online !== undefined) search.set("online", String(filter.online));
  if (filter.profiles !== undefined) search.set("profile", filter.profiles.join(","));
  const tags = Object.entries(filter.tags ?? {});
  if (tags.length > 0) search.set("tag", tags.map(([key, value]) => `${key}=${value}`).join(","));
  if (filter.modelId !== undefined) search.set("model", filter.modelId);
  if (filter.releaseId !== undefined) search.set("release", filter.releaseId);
  if (filter.reason !== undefined) search.set("reason", filter.reason);
  const text = search.toString();
  return text === "" ? "/devices" : `/devices?${text}`;
}
