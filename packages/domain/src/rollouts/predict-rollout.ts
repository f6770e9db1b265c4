import type { RolloutPace, StageSpec } from "@flotilla/contracts";
import { stageTotals } from "../targeting/assign-stages.ts";
import { hintSpreadSeconds } from "./hint-spread.ts";
import { secondsFor } from "./pace-devices.ts";

/** What is known of a group before a rollout goes to it. Bytes are what has to be fetched: a device that holds the release fetches none. */
export interface PredictionInput {
  readonly stages: readonly StageSpec[];
  readonly deviceCount: number;
  /** Devices that have to fetch it. */
  readonly downloadCount: number;
  readonly bytesTotal: number;
  /** Median of what devices of the group fetched at, in bytes a second; null: nobody has yet. */
  readonly bytesPerSecond: number | null;
  /** null or absent: as fast as waves go. */
  readonly pace?: RolloutPace | null;
}

export interface StagePrediction {
  readonly name: string;
  readonly newDevices: number;
  readonly totalDevices: number;
  /** Expected: which devices are in which stage is decided at the start. */
  readonly bytes: number;
  /** Seconds after the start. */
  readonly earliestStart: number;
  readonly earliestEnd: number;
  /** Where devices stay away until the deadline; null: it waits for a person, as long as that takes. */
  readonly latestEnd: number | null;
}

export interface Prediction {
  readonly stages: readonly StagePrediction[];
  /** Bytes a second while the largest stage begins; null: as fast as its devices fetch, which is not known. */
  readonly peakBytesPerSecond: number | null;
}

/** Traffic and time that a rollout will take if all goes well, and at most. What activation and probe take is not in it: devices differ. */
export function predictRollout(input: PredictionInput): Prediction {
  const { stages, deviceCount } = input;
  const totals = stageTotals(stages, deviceCount);
  let earliest = 0;
  let latest: number | null = 0;
  const predicted = stages.map((spec, index): StagePrediction => {
    const totalDevices = totals[index] ?? 0;
    const newDevices = totalDevices - (totals[index - 1] ?? 0);
    const earliestStart = earliest;
    // A stage that adds nobody passes at once: there is nothing to hold.
    if (newDevices > 0) {
      // When the last of them may begin: each has its deadline from then on.
      const paced = pacedSeconds(input, totalDevices);
      earliest = Math.max(earliest + workSeconds(input, newDevices), Math.ceil(paced + downloadSeconds(input))) + spec.soakSeconds;
      if (latest !== null) latest = Math.max(latest, paced) + spec.deadlineSeconds + spec.soakSeconds;
    }
    const latestEnd = latest;
    // The last stage has nobody to be promoted to.
    if (spec.manual && index < stages.length - 1) latest = null;
    const bytes = Math.round(input.bytesTotal * share(newDevices, deviceCount));
    return { name: spec.name, newDevices, totalDevices, bytes, earliestStart, earliestEnd: earliest, latestEnd };
  });
  return { stages: predicted, peakBytesPerSecond: peakOf(input, Math.max(0, ...predicted.map(({ newDevices }) => newDevices))) };
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** From the first device that is told to the last that has it. */
const workSeconds = (input: PredictionInput, devices: number): number => Math.ceil(spreadOf(input, devices) + downloadSeconds(input));

function downloadSeconds({ bytesPerSecond, bytesTotal, downloadCount }: PredictionInput): number {
  return bytesPerSecond === null ? 0 : share(bytesTotal, downloadCount) / bytesPerSecond;
}

/** Until the pace lets the last of so many begin, of whom those that have it already do not count. */
function pacedSeconds({ pace = null, downloadCount, deviceCount }: PredictionInput, devices: number): number {
  return pace === null ? 0 : Math.floor(secondsFor(pace, Math.floor(devices * share(downloadCount, deviceCount))));
}

const spreadOf = ({ bytesTotal, deviceCount }: PredictionInput, devices: number): number =>
  hintSpreadSeconds({ devices, bytes: bytesTotal * share(devices, deviceCount) });

function peakOf(input: PredictionInput, devices: number): number | null {
  const { bytesPerSecond, bytesTotal, downloadCount, deviceCount } = input;
  if (bytesTotal === 0) return 0;
  const fetching = devices * share(downloadCount, deviceCount);
  const atOnce = bytesPerSecond === null ? null : fetching * bytesPerSecond;
  const spread = spreadOf(input, devices);
  if (spread === 0) return atOnce;
  const spreadOut = (fetching * share(bytesTotal, downloadCount)) / spread;
  return atOnce === null ? spreadOut : Math.min(spreadOut, atOnce);
}
