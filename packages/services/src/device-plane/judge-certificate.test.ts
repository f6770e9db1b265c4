import { expect, test } from "vitest";
import { type CurrentCertificate, judgeCertificate, REPLACED_GRACE_MS } from "./judge-certificate.ts";

const T0 = new Date("2026-03-01T12:00:00Z");
const at = (ms: number) => new Date(T0.getTime() + ms);
/** Used first a minute after T0. */
const current: CurrentCertificate = { serial: "b", validFrom: T0, usedAt: at(60_000) };
const nothing: CurrentCertificate = { serial: null, validFrom: null, usedAt: null };

test.each([
  ["the first one that is seen", nothing, { serial: "a", validFrom: T0 }, 0, "newer"],
  ["the one in use", current, { serial: "b", validFrom: T0 }, 1e9, "current"],
  ["one that was given out later", current, { serial: "c", validFrom: at(1000) }, 1e9, "newer"],
  ["an older one, a moment after the newer one was used", current, { serial: "a", validFrom: at(-1000) }, 60_000, "tolerated"],
  ["an older one, at the end of the grace", current, { serial: "a", validFrom: at(-1000) }, 60_000 + REPLACED_GRACE_MS - 1, "tolerated"],
  ["an older one after the grace", current, { serial: "a", validFrom: at(-1000) }, 60_000 + REPLACED_GRACE_MS, "replaced"],
  ["another one of the same second", current, { serial: "z", validFrom: T0 }, 1e9, "tolerated"],
] as const)("%s → %5$s", (_, known, presented, nowMs, verdict) => {
  expect(judgeCertificate(known, presented, at(nowMs))).toBe(verdict);
});
