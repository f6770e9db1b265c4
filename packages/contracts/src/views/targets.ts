import type { TargetReport } from "../targets/index.ts";
import type { TargetReportState } from "../states.ts";
import type { ErrorView } from "./shared.ts";

/** What each kind of device makes of a variant. */
export interface TargetReportStatus {
  state: TargetReportState;
  /** What the worker is at, while BUILDING. */
  step: "queued" | "reading" | "converting" | null;
  /** Once READY. */
  report: TargetReport | null;
  error: ErrorView | null;
  /** What devices of a kind measured that run the variant now, as proved by digest. Kinds without such a device are not listed. */
  measured: MeasuredOnTarget[];
}

export interface MeasuredOnTarget {
  /** Of a target profile. */
  profileId: string;
  deviceCount: number;
  /** The median of the devices' medians; null where none has reported one. */
  latencyP50Ms: number | null;
  /** The most that one of them uses. */
  memoryBytes: number | null;
}
