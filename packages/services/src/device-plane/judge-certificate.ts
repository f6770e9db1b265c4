/** Requests that were under way with the old certificate end, and an agent that stored the new one has certainly switched. */
export const REPLACED_GRACE_MS = 2 * 60_000;

export interface PresentedCertificate {
  /** Lower-case hex. */
  serial: string;
  validFrom: Date;
}

/** The newest certificate that the device has used, as far as that is known. */
export interface CurrentCertificate {
  serial: string | null;
  validFrom: Date | null;
  usedAt: Date | null;
}

/**
 * Whether a certificate of ours is still the device's own. It is replaced once a newer one is *used*, not when that is given out: an answer that
 * got lost must not lock a device out. `newer`: it becomes the current one.
 */
export function judgeCertificate(
  current: CurrentCertificate,
  { serial, validFrom }: PresentedCertificate,
  now: Date,
): "current" | "newer" | "tolerated" | "replaced" {
  if (current.serial === serial) return "current";
  if (current.serial === null || current.validFrom === null || validFrom > current.validFrom) return "newer";
  // Two of the same second: neither is the older one.
  if (validFrom.getTime() === current.validFrom.getTime()) return "tolerated";
  return current.usedAt !== null && now.getTime() - current.usedAt.getTime() >= REPLACED_GRACE_MS ? "replaced" : "tolerated";
}
