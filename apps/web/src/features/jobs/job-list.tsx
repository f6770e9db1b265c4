"use client";
import type { JobView } from "@flotilla/contracts/views";
import { parseAsString, useQueryState } from "nuqs";
import { JobRow } from "./job-row.tsx";

/** Jobs below each other; the one whose log is open is in the address. */
export function JobList({ jobs, withModel = false }: { jobs: readonly JobView[]; withModel?: boolean }) {
  const [open, setOpen] = useQueryState("job", parseAsString);
  return (
    <ul className="list-none p-0">
      {jobs.map((job) => (
        <JobRow
          key={job.id}
          job={job}
          withModel={withModel}
          expanded={open === job.id}
          onToggle={() => void setOpen(open === job.id ? null : job.id)}
        />
      ))}
    </ul>
  );
}
