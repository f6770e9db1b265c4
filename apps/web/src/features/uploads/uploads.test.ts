import { describe, expect, it } from "vitest";
import { estimateSpeed, secondsLeft, type SpeedEstimate } from "./estimate-speed.ts";
import { newTransfer, nextTransfer, type TransferEvent } from "./transfer.ts";

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
  const start = newTransfer("k", "model", { name: "a.onnx", size: 100 });
  const after = (...events: TransferEvent[]) => events.reduce(nextTransfer, start);
  const table: [string, TransferEvent[], string][] = [
    ["begins by hashing", [], "hashing"],
    ["hashed, unknown to the store → sending", [{ kind: "begun", uploadId: "u", alreadyThere: false }], "sending"],
    ["hashed, known to the store → nothing to send", [{ kind: "begun", uploadId: "u", alreadyThere: true }], "waiting"],
    ["an unfinished upload is continued without hashing", [{ kind: "resumed", uploadId: "u" }], "sending"],
    ["the last byte arrived → waits for the verdict", [{ kind: "resumed", uploadId: "u" }, { kind: "sent" }], "waiting"],
    ["cancelled stays cancelled", [{ kind: "cancelled" }, { kind: "progress", bytes: 5, nowMs: 1 }, { kind: "sent" }], "cancelled"],
    ["failed stays failed", [{ kind: "failed", message: "no" }, { kind: "sent" }], "failed"],
  ];
  it.each(table)("%s", (_, events, phase) => expect(after(...events).phase).toBe(phase));
});
