import type { EnrolmentTokenView } from "@flotilla/contracts/views";

export type TokenState = "usable" | "used" | "expired" | "revoked";

/** Why a token can or cannot be used now. */
export function tokenState(token: Pick<EnrolmentTokenView, "revokedAt" | "expiresAt" | "uses" | "maxUses">, now: Date): TokenState {
  if (token.revokedAt !== null) return "revoked";
  if (token.expiresAt.getTime() <= now.getTime()) return "expired";
  return token.uses >= token.maxUses ? "used" : "usable";
}
