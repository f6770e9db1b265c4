/** What a variant may cost and must keep; null: no bound. Sizes in bytes, times in ms, agreement a share. */
export interface ParetoBudget {
  maxSizeBytes: number | null;
  maxLatencyMs: number | null;
  minAgreement: number | null;
}

export interface ParetoPoint {
  id: string;
  label: string;
  sizeBytes: number;
  latencyMs: number;
  /** Share of samples with the source model's class; null where it was not measured. */
  agreement: number | null;
  recommended?: boolean;
}

/** Whether the point stays within every bound. What was not measured does not count as kept. */
export function meetsBudget(point: ParetoPoint, budget: ParetoBudget): boolean {
  return (
    (budget.maxSizeBytes === null || point.sizeBytes <= budget.maxSizeBytes) &&
    (budget.maxLatencyMs === null || point.latencyMs <= budget.maxLatencyMs) &&
    (budget.minAgreement === null || (point.agreement !== null && point.agreement >= budget.minAgreement))
  );
}
