import type { Bug } from "../world.ts";

/** A device that is not there when its time is over has failed. */
const offlineIsFailed: Bug = ({ planner }) => ({
  planner: {
    ...planner,
    step: (snapshot, now) => {
      const taken = planner.step(snapshot, now);
      const effects = taken.effects.map((effect) => {
        const isUnreached = effect.kind === "set-devices" && effect.to === "UNREACHED";
        return isUnreached ? { ...effect, to: "TIMED_OUT" as const } : effect;
      });
      return { ...taken, effects };
    },
  },
});

/** No look at (bootId, n): what was applied once is applied again. */
const applyTwice: Bug = ({ reports }) => ({
  reports: { ...reports, admit: (cursor, { bootId, n }) => ({ ...cursor, bootId, lastN: n }) },
});

/** A halt stops the rollout and leaves the assignments of those who have not begun. */
const forgetToWithdraw: Bug = ({ planner }) => ({ planner: { ...planner, withdraws: () => false } });

/** Numbers begin again after the assignment: what was taken back is given out a second time. */
const forgetUsedNumbers: Bug = ({ planner }) => ({
  planner: { ...planner, nextSeq: (store, deviceId) => 1 + (store.assignments.get(deviceId)?.seq ?? 0) },
});

/** Of a batch only the first report is applied; all of them are acknowledged. */
const acknowledgeUnapplied: Bug = ({ http }, world) => ({
  http: {
    ...http,
    applyReports: (deviceId, reports) => {
      world.gateway.applyReports(deviceId, reports.slice(0, 1));
      world.serverInvariants.acknowledging(deviceId, reports);
    },
  },
});

export const SERVER_BUGS = {
  "offline-is-failed": offlineIsFailed,
  "apply-twice": applyTwice,
  "forget-to-withdraw": forgetToWithdraw,
  "forget-used-numbers": forgetUsedNumbers,
  "acknowledge-unapplied": acknowledgeUnapplied,
} as const satisfies Record<string, Bug>;
