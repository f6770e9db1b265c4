import { step } from "@flotilla/agent/core/step";
import { verifySlot } from "@flotilla/agent/effects/slot-store";
import { stepRollout } from "@flotilla/domain";
import { admitReport } from "@flotilla/services/admit-report";
import type { Rules } from "./rules.ts";
import { nextSeq } from "./server/write-assignments.ts";
import type { World } from "./world.ts";

/** The product as it is, watched by the server's invariants. */
export function soundRules(world: World): Rules {
  const { serverInvariants: watch } = world;
  return {
    reports: { admit: admitReport, onApplied: (deviceId, report) => watch.applied(deviceId, report) },
    planner: {
      step: stepRollout,
      nextSeq,
      withdraws: () => true,
      onSeq: (deviceId, seq, scope, assignment) => watch.numbered(deviceId, seq, scope, assignment),
      onStep: (rollout, taken) => watch.stepped(rollout, taken),
    },
    http: {
      applyReports: (deviceId, reports) => {
        world.gateway.applyReports(deviceId, reports);
        watch.acknowledging(deviceId, reports);
      },
      onServed: (deviceId, assignment) => watch.served(deviceId, assignment),
    },
    ignoresSync: () => false,
    decide: step,
    verifySlot,
    trustedKeys: (keys) => keys,
    wrapClient: (_device, client) => client,
    wrapLink: (_device, options) => options,
    tamperWithParts: () => undefined,
  };
}
