import type { ProbeResult } from "@flotilla/contracts";
import type { Executors } from "../../../../agent/src/core/effect.ts";
import type { Device } from "./device.ts";
import { readManifest } from "./read-answers.ts";

const PROBE: ProbeResult = {
  goldenCount: 1,
  goldenAgreement: 1,
  latencyP50Ms: 1,
  latencyP95Ms: 1.2,
  baselineP95Ms: null,
  memoryBytes: 60_000_000,
  baselineMemoryBytes: null,
};

/**
 * What the core's effects do here. Downloads and their digests, the envelope and the reports are real; the disk is memory, and the inference host and the probe
 * answer at once, since they cost the server nothing.
 */
export function createExecutors(device: Device): Executors {
  const { loop, held, surroundings } = device;
  const nothing = async (): Promise<void> => undefined;
  return {
    "write-journal": nothing,
    "save-assignment": nothing,
    "mark-confirmed": nothing,
    "cancel-work": nothing,
    preflight: async ({ work }) => loop.dispatch({ kind: "preflight-passed", work }),
    download: async ({ work, assignment }) => {
      void download(
        device,
        work,
        assignment.artifacts.map(({ sha256 }) => sha256),
      );
    },
    verify: async ({ work, assignment }) => {
      const { releaseId, modelId, modelName, version, counter, variants } = readManifest(assignment, surroundings.trustedKeys);
      const { sha256 } = assignment.variant.model;
      if (!held.has(sha256) || variants.every(({ model }) => model.sha256 !== sha256)) {
        return loop.dispatch({ kind: "rejected", work, reason: { code: "DIGEST_MISMATCH", message: "not what was signed" } });
      }
      loop.dispatch({
        kind: "verified",
        work,
        record: { releaseId, variantSha256: sha256, modelId, modelName, version, counter, confirmed: false },
      });
    },
    stage: async ({ work }) => loop.dispatch({ kind: "staged", work }),
    "start-host": async ({ slot }) => loop.dispatch({ kind: "host-ready", slot }),
    "stop-host": nothing,
    serve: nothing,
    probe: async ({ work }) => loop.dispatch({ kind: "probe-passed", work, probe: PROBE }),
    "report-state": async ({ body }) => device.report(body),
    "report-security": nothing,
    "clean-downloads": nothing,
    schedule: async ({ delayMs, event }) => {
      setTimeout(() => loop.dispatch(event), delayMs);
    },
  };
}

/** A file that a slot holds already is not fetched again, as `download-release.ts` of the agent does it. */
async function download(device: Device, work: number, digests: readonly string[]): Promise<void> {
  try {
    for (const sha256 of digests) {
      if (device.held.has(sha256)) continue;
      if (!(await device.fetch(sha256))) throw new Error("the bytes are not what was asked for");
      device.held.add(sha256);
    }
    device.loop.dispatch({ kind: "downloaded", work });
  } catch (error) {
    device.surroundings.counts.errors += 1;
    device.loop.dispatch({ kind: "download-failed", work, reason: { code: "INTERNAL", message: String(error).slice(0, 200) } });
  }
}
