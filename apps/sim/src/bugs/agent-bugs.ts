import type { Effect } from "@flotilla/agent/core/effect";
import type { AgentEvent } from "@flotilla/agent/core/event";
import type { AgentState, Step } from "@flotilla/agent/core/state";
import { readTextIfThere } from "@flotilla/agent/effects/atomic-file";
import type { verifySlot } from "@flotilla/agent/effects/slot-store";
import type { Assignment, Envelope, ReleaseManifest, Report } from "@flotilla/contracts";
import { FOREIGN_KEY } from "../people/make-release.ts";
import type { Rules } from "../rules.ts";
import type { Bug } from "../world.ts";

type Decide = Rules["decide"];

/** The core with its answer changed. */
function changedStep(change: (taken: Step, before: AgentState, event: AgentEvent) => Step): Bug {
  return ({ decide }) => ({ decide: (state, event, now, random) => change(decide(state, event, now, random), state, event) });
}

function changedEffects(change: (effects: readonly Effect[], taken: Step, before: AgentState) => readonly Effect[]): Bug {
  return changedStep((taken, before) => ({ ...taken, effects: change(taken.effects, taken, before) }));
}

/** An assignment that is older than what the device has seen is taken for a new one. */
const acceptLowerSeq: Bug = ({ decide }) => ({
  decide: ((state, event, now, random) => {
    if (event.kind !== "assigned" || event.assignment.seq >= state.journal.seq) return decide(state, event, now, random);
    const journal = { ...state.journal, seq: event.assignment.seq - 1 };
    return decide({ ...state, journal }, event, now, random);
  }) satisfies Decide,
});

/** The new release is unpacked over the one that runs. */
const writeIntoCurrentSlot: Bug = changedEffects((effects, _taken, { journal }) =>
  effects.map((effect) => (effect.kind === "stage" && journal.current !== null ? { ...effect, slot: journal.current } : effect)),
);

/** The journal is written when the rest of a step is done, and not before. */
const journalAfterEffect: Bug = changedEffects((effects) => {
  const [first, ...others] = effects;
  return first?.kind === "write-journal" ? [...others, first] : effects;
});

/** The highest confirmed counter is forgotten: an old release is as good as a new one. */
const forgetCounters: Bug = changedStep((taken) => {
  const effects = taken.effects.map((effect) =>
    effect.kind === "write-journal" ? { ...effect, journal: { ...effect.journal, counters: {} } } : effect,
  );
  return { state: { ...taken.state, journal: { ...taken.state.journal, counters: {} } }, effects };
});

/** The candidate is made current when its host is up, whatever its probe will say. */
const confirmBeforeProbe: Bug = ({ decide }) => ({
  decide: (state, event, now, random) => {
    const taken = decide(state, event, now, random);
    const probe = taken.effects.find((effect) => effect.kind === "probe");
    if (probe === undefined) return taken;
    const probed = { kind: "probe-passed", work: probe.work, probe: NOTHING_MEASURED } as const;
    return decide(taken.state, probed, now, random);
  },
});

const NOTHING_MEASURED = {
  goldenCount: 0,
  goldenAgreement: null,
  latencyP50Ms: 0,
  latencyP95Ms: 0,
  baselineP95Ms: null,
  memoryBytes: 0,
  baselineMemoryBytes: null,
};

/** A slot is believed to hold what its own file says. */
const activateBeforeVerify: Bug = () => ({
  verifySlot: (async (paths, slot) => {
    const directory = paths.slot(slot);
    const { envelope, variantSha256 } = JSON.parse((await readTextIfThere(paths.fs, `${directory}/slot.json`)) ?? "{}") as {
      envelope: Envelope;
      variantSha256: string;
    };
    const manifest = JSON.parse(Buffer.from(envelope.payload, "base64").toString()) as ReleaseManifest;
    return { directory, manifest, variantSha256, modelPath: `${directory}/model.onnx` };
  }) satisfies typeof verifySlot,
});

const trustForeignKey: Bug = () => ({ trustedKeys: (keys) => [...keys, FOREIGN_KEY] });

/** A report is forgotten when it is sent, not when it has arrived. */
const spoolDeletesBeforeAck: Bug = () => ({
  wrapClient: (device, client) => ({
    server: client.server,
    open: async (...request) => await client.open(...request),
    json: async (method, path, options = {}) => {
      if (path === "/device/v1/reports") await device.parts?.spool.remove((options.body as { reports: Report[] }).reports);
      return await client.json(method, path, options);
    },
  }),
});

/** What a hint says is taken for the assignment's number, without asking. */
const hintAsTruth: Bug = () => ({
  wrapLink: (device, options) => ({
    ...options,
    onHint: (hint) => {
      const known: Assignment | null = device.parts?.loop.state.assignment ?? null;
      if (known === null) return options.onHint(hint);
      device.parts?.dispatch({ kind: "assigned", assignment: { ...known, seq: hint.seq } });
    },
  }),
});

export const AGENT_BUGS = {
  "skip-file-fsync": () => ({ ignoresSync: (kind) => kind === "file" }),
  "skip-directory-fsync": () => ({ ignoresSync: (kind) => kind === "directory" }),
  "accept-lower-seq": acceptLowerSeq,
  "write-into-current-slot": writeIntoCurrentSlot,
  "activate-before-verify": activateBeforeVerify,
  "journal-after-effect": journalAfterEffect,
  "spool-deletes-before-ack": spoolDeletesBeforeAck,
  "hint-as-truth": hintAsTruth,
  "forget-counters": forgetCounters,
  "confirm-before-probe": confirmBeforeProbe,
  "trust-foreign-key": trustForeignKey,
} as const satisfies Record<string, Bug>;
