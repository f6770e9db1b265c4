"use client";
import { parseAsArrayOf, parseAsBoolean, parseAsString, useQueryStates } from "nuqs";
import { useEffect } from "react";
import { translateOldAddress } from "./old-address.ts";

const parsers = {
  filter: parseAsString.withDefault(""),
  q: parseAsString,
  health: parseAsArrayOf(parseAsString),
  online: parseAsBoolean,
  profile: parseAsArrayOf(parseAsString),
  tag: parseAsArrayOf(parseAsString),
  model: parseAsString,
  release: parseAsString,
  reason: parseAsString,
};
const NOTHING_OLD = { q: null, health: null, online: null, profile: null, tag: null, model: null, release: null, reason: null };

/** The filter that the address says, in the filter language, and a way to change both. An address of before is translated and replaced. */
export function useUrlFilter(): [string, (filter: string) => void] {
  const [url, setUrl] = useQueryStates(parsers, { history: "replace" });
  const { filter, ...old } = url;
  const translated = filter === "" ? translateOldAddress(old) : "";
  useEffect(() => {
    if (translated !== "") void setUrl({ filter: translated, ...NOTHING_OLD });
  }, [translated, setUrl]);
  return [filter === "" ? translated : filter, (next) => void setUrl({ filter: next.trim() === "" ? null : next.trim(), ...NOTHING_OLD })];
}
