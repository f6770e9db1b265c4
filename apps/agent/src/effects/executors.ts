import type { Executors } from "../core/effect.ts";
import type { AgentEvent } from "../core/event.ts";
import type { Timers } from "../ports/timers.ts";
import type { AgentPaths } from "./agent-paths.ts";
import { cleanDownloads } from "./download-release.ts";
import type { HostWork } from "./host-work.ts";
import { writeAssignment, writeJournal } from "./journal-store.ts";
import type { ReleaseWork } from "./release-work.ts";
import { markConfirmed } from "./slot-store.ts";
import type { Spool } from "./spool.ts";

export type World = {
  paths: AgentPaths;
  timers: Timers;
  releases: ReleaseWork;
  hosts: HostWork;
  spool: Spool;
  dispatch: (event: AgentEvent) => void;
};

/** The executor table: what each effect of the core does to the world. */
export function createExecutors({ paths, timers, releases, hosts, spool, dispatch }: World): Executors {
  return {
    "write-journal": async ({ journal }) => await writeJournal(paths, journal),
    "save-assignment": async ({ assignment }) => await writeAssignment(paths, assignment),
    "mark-confirmed": async ({ slot, seq }) => await markConfirmed(paths, slot, seq),
    "cancel-work": async () => releases.cancel(),
    preflight: async (effect) => releases.preflight(effect),
    download: async (effect) => releases.download(effect),
    verify: async (effect) => releases.verify(effect),
    stage: async (effect) => releases.stage(effect),
    "start-host": async (effect) => hosts.start(effect),
    "stop-host": async ({ slot }) => hosts.stop(slot),
    serve: async ({ slot }) => hosts.serve(slot),
    probe: async (effect) => hosts.probe(effect),
    "report-state": async ({ body, durable }) => await spool.appendState(body, durable),
    "report-security": async ({ reason, releaseId }) => await spool.appendSecurity({ reason, releaseId }),
    "clean-downloads": async () => await cleanDownloads(paths.fs, paths.downloads),
    schedule: async ({ delayMs, event }) => {
      timers.after(delayMs, () => dispatch(event));
    },
  };
}
