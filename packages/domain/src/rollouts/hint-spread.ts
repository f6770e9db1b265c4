/** What the server can serve to devices that were told at once. */
export interface ServingCapacity {
  /** Devices a second that ask for their assignment and report on it. */
  readonly devicesPerSecond: number;
  /** Artifact bytes a second, over all devices. */
  readonly bytesPerSecond: number;
}

/** One gateway beside Postgres on two cores, with a margin: an assignment is answered 2,500 times a second, most of it while others wait for the network. */
export const SERVING_CAPACITY: ServingCapacity = { devicesPerSecond: 4_000, bytesPerSecond: 500_000_000 };

/**
 * Over how many whole seconds devices of one wave spread their answers to a hint, so that they ask no faster than they can be served: by their
 * number, or by the bytes that they will fetch together, whichever takes longer. 0, and so at once, for what is served within a second: small waves and
 * releases that weigh little are not made to wait for a rule that is there for large ones.
 */
export function hintSpreadSeconds(
  wave: { readonly devices: number; readonly bytes: number },
  capacity: ServingCapacity = SERVING_CAPACITY,
): number {
  return Math.floor(Math.max(wave.devices / capacity.devicesPerSecond, wave.bytes / capacity.bytesPerSecond));
}
