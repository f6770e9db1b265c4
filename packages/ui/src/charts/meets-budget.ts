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

export type Bound = "size" | "latency" | "agreement";

/** The bounds that the point does not keep. What was not measured does not count as kept. */
export function missedBounds(point: ParetoPoint, budget: ParetoBudget): Bound[] {
  const missed: Bound[] = [];
  if (budget.maxSizeBytes !== null && point.sizeBytes > budget.maxSizeBytes) missed.push("size");
  if (budget.maxLatencyMs !== null && point.latencyMs > budget.maxLatencyMs) missed.push("latency");
  if (budget.minAgreement !== null && (point.agreement === null || point.agreement < budget.minAgreement)) missed.push("agreement");
  return missed;
}

/** Whether the point stays within every bound. */
export function meetsBudget(point: ParetoPoint, budget: ParetoBudget): boolean {
  return missedBounds(point, budget).length === 0;
}
