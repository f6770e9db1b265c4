/** For each planted bug a seed that finds it, and by which invariant; `pnpm sim --bugs` looks for them anew. */
export const FINDING_SEEDS: Readonly<Record<string, { seed: number; invariant: string }>> = {
  "skip-file-fsync": { seed: 1, invariant: "journal-survives" },
  "skip-directory-fsync": { seed: 1, invariant: "journal-survives" },
  "write-into-current-slot": { seed: 1, invariant: "current-slot-is-never-written" },
  "activate-before-verify": { seed: 26, invariant: "runs-only-what-is-verified" },
  "journal-after-effect": { seed: 1, invariant: "journal-before-effect" },
  "spool-deletes-before-ack": { seed: 1, invariant: "report-kept-until-acknowledged" },
  "hint-as-truth": { seed: 1, invariant: "seq-was-assigned" },
  "forget-counters": { seed: 2, invariant: "rollback-rule" },
  "confirm-before-probe": { seed: 1, invariant: "always-something-to-run" },
  "trust-foreign-key": { seed: 1, invariant: "runs-only-what-is-verified" },
  "offline-is-failed": { seed: 1, invariant: "offline-is-not-failed" },
  "apply-twice": { seed: 1, invariant: "no-report-applied-twice" },
  "forget-to-withdraw": { seed: 7, invariant: "no-start-after-a-halt" },
  "acknowledge-unapplied": { seed: 1, invariant: "acknowledged-is-applied" },
  "forget-used-numbers": { seed: 6, invariant: "seq-never-goes-back" },
  "accept-lower-seq": { seed: 17, invariant: "seq-never-goes-back" },
};
