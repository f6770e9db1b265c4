import type { ServiceContext } from "@flotilla/services";
import type { Signer } from "@flotilla/trust/sign";
import type { CancelWatch } from "./jobs/watch-cancellations.ts";

/** What every job of the worker gets. */
export interface WorkerContext {
  services: ServiceContext;
  signer: Signer;
  cancellations: CancelWatch;
  /** Where jobs get their working directories. */
  temporaryDirectory: string;
  limits: WorkerLimits;
}

export interface WorkerLimits {
  /** Resident memory of a child process. */
  childMemoryBytes: number;
  /** Longest inspection of an uploaded model. */
  inspectModelMs: number;
  /** Longest comparison of a converted model with its reference. */
  checkConversionMs: number;
  /** Longest drawing of a model's graph. */
  drawGraphMs: number;
  /** Longest making of a report about what devices make of a model. */
  reportTargetsMs: number;
  /** Longest reading of an uploaded data set. */
  inspectDataSetMs: number;
  /** Longest single step of an optimisation, validation or release. */
  stepMs: number;
}

export const defaultLimits: WorkerLimits = {
  childMemoryBytes: 2 * 2 ** 30,
  inspectModelMs: 30_000,
  checkConversionMs: 45_000,
  drawGraphMs: 60_000,
  reportTargetsMs: 60_000,
  inspectDataSetMs: 110_000,
  stepMs: 15 * 60_000,
};
