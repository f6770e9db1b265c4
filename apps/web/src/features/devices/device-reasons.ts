import type { ErrorCode } from "@flotilla/contracts";
import { useTranslations } from "next-intl";

/** Why a device is not well, as devices themselves say it, in the order in which a release passes them. */
export const deviceReasons = [
  "PROFILE_MISMATCH",
  "RUNTIME_MISSING",
  "OPSET_TOO_NEW",
  "NOT_ENOUGH_DISK",
  "NOT_ENOUGH_MEMORY",
  "ENVELOPE_INVALID",
  "SIGNATURE_INVALID",
  "SIGNED_BY_UNKNOWN_KEY",
  "RELEASE_REPLAYED",
  "LENGTH_MISMATCH",
  "DIGEST_MISMATCH",
  "RUNTIME_REFUSED",
  "OUT_OF_MEMORY",
  "HOST_CRASHED",
  "HOST_HUNG",
  "PROBE_GOLDEN_FAILED",
  "PROBE_TOO_SLOW",
  "PROBE_TOO_MUCH_MEMORY",
  "TIMED_OUT",
  "TOO_MANY_ATTEMPTS",
  "DATA_NOT_WRITABLE",
  "JOURNAL_BROKEN",
  "CLOCK_WRONG",
  "INTERNAL",
] as const satisfies readonly ErrorCode[];

/** A cause in a few words, without its numbers; null for a code that has no short words. */
export function useCauseText(): (code: ErrorCode) => string | null {
  const t = useTranslations("devices.reasons");
  return (code) => {
    const known = deviceReasons.find((each) => each === code);
    return known === undefined ? null : t(known);
  };
}
