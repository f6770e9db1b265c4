import type { Logger } from "@flotilla/logger";

export type HoldPhase = "VERIFYING" | "STAGED" | "ACTIVATING" | "PROBING";
export type Hold = (phase: HoldPhase) => Promise<void>;

/**
 * Stops the agent at the most delicate point of one phase, so that a test can end it there with kill -9. Without the environment
 * variable FLOTILLA_AGENT_HOLD nothing waits. It can only ever delay an update, never change what is decided.
 */
export function createHold(held: HoldPhase | undefined, logger: Logger): Hold {
  return async (phase) => {
    if (phase !== held) return;
    logger.warn({ phase }, "held here by FLOTILLA_AGENT_HOLD");
    await new Promise<never>(() => undefined);
  };
}
