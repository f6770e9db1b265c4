/** Lines of one report; an agent that has more to say says it in the next one, or drops the oldest. */
export const MAX_LOG_LINES = 20;
