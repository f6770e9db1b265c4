"use client";
import { createContext, type ReactNode, useContext } from "react";

export interface ChartLocale {
  /** Label of what unfolds the table behind a chart. */
  showTable: string;
}

const ChartLocaleContext = createContext<ChartLocale>({ showTable: "Show as table" });

/** Gives every chart below it the words of the page's language. */
export function ChartLocaleProvider({ value, children }: { value: ChartLocale; children: ReactNode }) {
  return <ChartLocaleContext value={value}>{children}</ChartLocaleContext>;
}

export function useChartLocale(): ChartLocale {
  return useContext(ChartLocaleContext);
}
