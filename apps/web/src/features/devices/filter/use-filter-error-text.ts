"use client";
import type { FilterError } from "@flotilla/domain/filter";
import { useTranslations } from "next-intl";

/** Says what is wrong with a filter, with the place as a person counts. */
export function useFilterErrorText(): (error: FilterError) => string {
  const t = useTranslations("devices.filter");
  return ({ code, start, params }) => t("errorAt", { place: start + 1, sentence: t(`errors.${code}`, params) });
}
