import type { Decision } from "@flotilla/contracts";
import type { Decision as DecisionRow } from "@flotilla/db";

export function toDecision({ kind, message, params }: DecisionRow): Decision {
  return { kind, message, params: params as Decision["params"] };
}
