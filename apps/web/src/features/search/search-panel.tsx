"use client";
import type { JobView, ModelVersionView } from "@flotilla/contracts/views";
import { Skeleton } from "@flotilla/ui";
import dynamic from "next/dynamic";
import { parseAsString, useQueryState } from "nuqs";

const SearchView = dynamic(async () => (await import("./search-view.tsx")).SearchView, {
  ssr: false,
  loading: () => <Skeleton className="min-h-screen" />,
});

const HIDDEN = "none";

export interface SearchPanelProps {
  version: ModelVersionView;
  jobs: readonly JobView[];
}

/** The search that the address names, else the newest one, until it is closed. */
export function SearchPanel({ version, jobs }: SearchPanelProps) {
  const [chosen, setChosen] = useQueryState("search", parseAsString);
  const job = jobs.find(({ id, kind }) => kind === "search" && (chosen === null || id === chosen));
  if (job === undefined || chosen === HIDDEN) return null;
  return <SearchView key={job.id} job={job} version={version} onClose={() => void setChosen(HIDDEN)} />;
}
