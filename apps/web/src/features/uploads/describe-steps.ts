import type { UploadStep } from "@flotilla/contracts";
import type { UploadView } from "@flotilla/contracts/views";
import type { StateKind } from "@flotilla/ui";
import type { StepName } from "./upload-steps.tsx";
import type { Transfer } from "./transfer.ts";

type Steps = { name: StepName; kind: StateKind }[];

const steps = (...kinds: [StateKind, StateKind, StateKind, StateKind]): Steps => {
  const [hash, send, parse, check] = kinds;
  return [
    { name: "hash", kind: hash },
    { name: "send", kind: send },
    { name: "parse", kind: parse },
    { name: "check", kind: check },
  ];
};

/** The worker's steps with a model in another format, and which tick each of them is. */
const CONVERSION_STEPS: readonly StepName[] = ["parse", "convert", "check", "compare"];
const TICK_OF: Record<UploadStep, number> = { reading: 0, describing: 0, converting: 1, trying: 2, comparing: 3 };

/** How far the conversion of a file is; null where nothing is to be converted. */
function conversionSteps(upload: UploadView): Steps | null {
  const { state, step, description, conversion } = upload;
  if (description === null && conversion === null) return null;
  const current = step === null ? 0 : TICK_OF[step];
  const kindOf = (tick: number): StateKind => {
    if (state === "READY") return "ok";
    // What is known of the file was read: what follows failed.
    if (state === "REJECTED") return tick === 0 ? "ok" : tick === 1 ? "bad" : "off";
    return tick < current ? "ok" : tick === current ? "busy" : "off";
  };
  return [
    { name: "hash", kind: "ok" },
    { name: "send", kind: "ok" },
    ...CONVERSION_STEPS.map((name, tick) => ({ name, kind: kindOf(tick) })),
  ];
}

/** How far a file is, from what this tab and what the server know of it. Either may be missing. */
export function describeSteps(transfer: Transfer | null, upload: UploadView | null): Steps {
  // Somebody's own inputs and outputs are compared, and nothing is made of them.
  if ((transfer ?? upload)?.kind === "reference") {
    const compared = fileSteps(transfer, upload).map(({ name, kind }) => ({ name: name === "parse" ? ("compare" as const) : name, kind }));
    return compared.slice(0, 3);
  }
  return (upload === null ? null : conversionSteps(upload)) ?? fileSteps(transfer, upload);
}

// oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive
function fileSteps(transfer: Transfer | null, upload: UploadView | null): Steps {
  switch (upload?.state) {
    case "READY":
      return steps("ok", "ok", "ok", "ok");
    case "REJECTED":
      return steps("ok", "ok", "bad", "off");
    case "INSPECTING":
      return steps("ok", "ok", "busy", "off");
    case "RECEIVED":
      return steps("ok", "ok", "busy", "off");
    case "EXPIRED":
      return steps("ok", "bad", "off", "off");
    case "UPLOADING":
    case undefined:
      break;
  }
  switch (transfer?.phase) {
    case "hashing":
      return steps("busy", "off", "off", "off");
    case "sending":
      return steps("ok", "busy", "off", "off");
    case "waiting":
      return steps("ok", "ok", "busy", "off");
    case "failed":
      return transfer.uploadId === null ? steps("bad", "off", "off", "off") : steps("ok", "bad", "off", "off");
    case "cancelled":
    case undefined:
      return steps("ok", upload?.moving === true ? "busy" : "warn", "off", "off");
  }
}
