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

/** How far a file is, from what this tab and what the server know of it. Either may be missing. */
// oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive
export function describeSteps(transfer: Transfer | null, upload: UploadView | null): Steps {
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
