import type { DataSetView } from "@flotilla/contracts/views";
import type { useTranslations } from "next-intl";

/** The set whose name says what it is for; else, for a test, a labelled one. */
export function suggestDataSet(sets: readonly DataSetView[], word: "calib" | "test"): string | undefined {
  const named = sets.find((set) => set.name.toLowerCase().includes(word));
  if (named !== undefined) return named.id;
  return word === "test" ? sets.find((set) => set.labelled)?.id : sets[0]?.id;
}

export function dataSetOptions(sets: readonly DataSetView[], t: ReturnType<typeof useTranslations<"jobs.optimise">>) {
  return sets.map((set) => ({
    value: set.id,
    label: t("dataSetOption", { name: set.name, count: set.sampleCount, labelled: set.labelled ? "yes" : "no" }),
  }));
}
