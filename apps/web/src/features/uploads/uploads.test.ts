import type { UploadView } from "@flotilla/contracts/views";
import { describe, expect, it } from "vitest";
import { describeSteps } from "./describe-steps.ts";
import { estimateSpeed, secondsLeft, type SpeedEstimate } from "./estimate-speed.ts";
import { newTransfer, nextTransfer, type Transfer, type TransferEvent } from "./transfer.ts";
import { joinRows } from "./upload-rows.ts";

describe("estimateSpeed", () => {
  const run = (samples: readonly [number, number][]) =>
    samples.reduce<SpeedEstimate | null>((estimate, [bytes, ms]) => estimateSpeed(estimate, bytes, ms), null);
  it("knows nothing from one sample", () => expect(run([[0, 0]])?.bytesPerSecond).toBeNull());
  it("finds a steady speed and the time left", () => {
    const estimate = run([
      [0, 0],
      [1000, 1000],
      [2000, 2000],
    ]);
    expect(estimate?.bytesPerSecond).toBeCloseTo(1000);
    expect(secondsLeft(estimate, 5000)).toBeCloseTo(3);
  });
  it("forgets a burst by half in three seconds", () => {
    const before = run([
      [0, 0],
      [8000, 1000],
    ]);
    expect(estimateSpeed(before, 8000, 4000).bytesPerSecond).toBeCloseTo(4000);
  });
  it("begins anew when the count goes back, as between hashing and sending", () => {
    expect(estimateSpeed({ atMs: 0, bytes: 900, bytesPerSecond: 5 }, 0, 1000).bytesPerSecond).toBeNull();
  });
  it("promises no end while nothing moves", () => expect(secondsLeft({ atMs: 0, bytes: 10, bytesPerSecond: 0 }, 100)).toBeNull());
});

describe("nextTransfer", () => {
  const start = newTransfer("k", { kind: "model" }, { name: "a.onnx", size: 100 });
  const after = (...events: TransferEvent[]) => events.reduce(nextTransfer, start);
  const begun = (continuedAtBytes: number | null = null, alreadyThere = false): TransferEvent => ({
    kind: "begun",
    uploadId: "u",
    alreadyThere,
    continuedAtBytes,
  });
  const progress = (bytes: number, nowMs: number): TransferEvent => ({ kind: "progress", bytes, nowMs });
  const lost: TransferEvent = { kind: "paused", why: null };
  const table: [string, TransferEvent[], Partial<Transfer>][] = [
    ["begins by hashing", [], { phase: "hashing" }],
    ["hashed, unknown to the store → sending", [begun()], { phase: "sending", doneBytes: 0, resumed: false }],
    ["hashed, known to the store → nothing to send", [begun(null, true)], { phase: "waiting", doneBytes: 100 }],
    ["hashed, begun before → sending from there", [begun(40)], { phase: "sending", doneBytes: 40, resumed: true }],
    ["the connection is lost → still sending, and says so", [begun(), lost], { phase: "sending", paused: { why: null } }],
    ["bytes move again → no word of it", [begun(), lost, progress(5, 1)], { paused: null }],
    ["a pause is no part of the speed", [begun(), progress(0, 0), progress(50, 1000), lost, progress(60, 9000)], { speed: at(60, 9000) }],
    ["the last byte arrived → waits for the verdict", [begun(), { kind: "sent" }], { phase: "waiting", doneBytes: 100 }],
    ["cancelled stays cancelled", [{ kind: "cancelled" }, progress(5, 1), { kind: "sent" }], { phase: "cancelled", doneBytes: 0 }],
    ["failed stays failed", [{ kind: "failed", failure: { kind: "unreadable" } }, { kind: "sent" }], { phase: "failed" }],
  ];
  it.each(table)("%s", (_, events, expected) => expect(after(...events)).toMatchObject(expected));
});

function at(bytes: number, atMs: number): SpeedEstimate {
  return { bytes, atMs, bytesPerSecond: null };
}

const upload = (changes: Partial<UploadView>): UploadView => ({
  id: "u",
  kind: "model",
  fileName: "a.onnx",
  sizeBytes: 100,
  receivedBytes: 0,
  state: "UPLOADING",
  moving: false,
  targetModelId: null,
  targetVersionId: null,
  error: null,
  modelId: null,
  modelVersionId: null,
  dataSetId: null,
  sameAs: null,
  step: null,
  description: null,
  inspection: null,
  conversion: null,
  createdAt: new Date(0),
  verdictMs: null,
  ...changes,
});

describe("describeSteps of a model in another format", () => {
  const description: UploadView["description"] = {
    format: "tflite",
    framework: "TensorFlow Lite",
    frameworkVersion: null,
    partsAre: "operators",
    parts: [],
    unsupported: [],
    unsupportedCount: 0,
    inputs: [],
    outputs: [],
  };
  const table: [string, Partial<UploadView>, string][] = [
    ["read → converts", { state: "INSPECTING", step: "converting" }, "hash:ok send:ok parse:ok convert:busy check:off compare:off"],
    ["tried → compares", { state: "INSPECTING", step: "comparing" }, "hash:ok send:ok parse:ok convert:ok check:ok compare:busy"],
    ["the verdict is there → all done", { state: "READY" }, "hash:ok send:ok parse:ok convert:ok check:ok compare:ok"],
    ["nothing converts → refused there", { state: "REJECTED" }, "hash:ok send:ok parse:ok convert:bad check:off compare:off"],
  ];
  it.each(table)("%s", (_, changes, expected) =>
    expect(
      describeSteps(null, upload({ description, ...changes }))
        .map(({ name, kind }) => `${name}:${kind}`)
        .join(" "),
    ).toBe(expected),
  );
});

describe("a reference's steps", () => {
  it.each<[string, Partial<UploadView>, string]>([
    ["arrived → compared", { state: "RECEIVED" }, "hash:ok send:ok compare:busy"],
    ["the answer is there → all done", { state: "READY" }, "hash:ok send:ok compare:ok"],
    ["it does not fit → refused there", { state: "REJECTED" }, "hash:ok send:ok compare:bad"],
  ])("%s", (_, changes, expected) => {
    const steps = describeSteps(null, upload({ kind: "reference", ...changes }));
    expect(steps.map(({ name, kind }) => `${name}:${kind}`).join(" ")).toBe(expected);
  });
});

describe("joinRows", () => {
  const hashing = newTransfer("k", { kind: "model" }, { name: "a.onnx", size: 100 });
  const sending: Transfer = { ...hashing, phase: "sending", uploadId: "u" };
  const cancelled = upload({ state: "EXPIRED", error: { code: "CANCELLED", message: "Cancelled by Ada." } });
  const table: [string, Transfer[], UploadView[], string[], string[]][] = [
    ["a transfer with its upload is one row", [sending], [upload({})], [], ["k"]],
    ["an unfinished upload of an earlier tab is a row", [], [upload({})], [], ["u"]],
    ["a verdict of long ago is none", [], [upload({ state: "READY" })], [], []],
    ["a verdict that was waited for is one", [], [upload({ state: "READY" })], ["u"], ["u"]],
    ["what was cancelled is none", [{ ...sending, phase: "cancelled" }], [upload({})], [], []],
    ["nor what another tab cancelled", [], [cancelled], ["u"], []],
    ["a transfer whose announcement is being answered is not shown twice", [hashing], [upload({})], [], ["k"]],
    ["another file of that name and size is", [{ ...sending, uploadId: "v" }], [upload({})], [], ["k", "u"]],
  ];
  it.each(table)("%s", (_, transfers, uploads, followed, keys) =>
    expect(joinRows(transfers, uploads, new Set(followed)).map((row) => row.key)).toEqual(keys),
  );
});
