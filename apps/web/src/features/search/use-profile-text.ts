"use client";
import { TARGET_PROFILES } from "@flotilla/contracts/profiles";
import { useTranslations } from "next-intl";

/** Name and description of a kind of device, in the page's language where there are words for it. */
export function useProfileText(): { name: (id: string) => string; description: (id: string) => string } {
  const t = useTranslations("search.profiles");
  const say = (id: string, part: "name" | "description"): string => {
    const key = `${id}.${part}`;
    return isKnown(t, key) ? t(key) : (TARGET_PROFILES.find((profile) => profile.id === id)?.[part] ?? id);
  };
  return { name: (id) => say(id, "name"), description: (id) => say(id, "description") };
}

type Translator = ReturnType<typeof useTranslations<"search.profiles">>;

function isKnown(t: Translator, key: string): key is Parameters<Translator>[0] {
  return t.has(key as Parameters<Translator>[0]);
}
