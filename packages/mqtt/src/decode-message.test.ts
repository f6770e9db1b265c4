import { randomUUID } from "node:crypto";
import { BROKER_TOPICS, topicFor } from "@flotilla/contracts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeMessage } from "./decode-message.ts";

const deviceId = randomUUID();
const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe("decodeMessage", () => {
  it("gives a payload with the type of its topic", () => {
    const hint = { seq: 4, spreadSeconds: 10 };
    expect(decodeMessage(topicFor("hint", deviceId), bytes(hint))).toEqual({ kind: "device", name: "hint", deviceId, payload: hint });
    const revocations = { deviceIds: [deviceId] };
    expect(decodeMessage(BROKER_TOPICS.revocations.topic, bytes(revocations))).toEqual({
      kind: "broker",
      name: "revocations",
      payload: revocations,
    });
  });

  it.each([
    ["flotilla/v2/d/x/up/state"],
    [`flotilla/v1/d/${deviceId}/up/unheard-of`],
    [`flotilla/v1/d/${deviceId}/up`],
    ["$SYS/x"],
    ["flotilla/v1/d/../up/state"],
  ])("drops what is on no topic of ours: %s", (topic) => {
    expect(decodeMessage(topic, bytes({}))).toEqual({ kind: "unknown" });
  });

  it.each([
    ["not JSON", Buffer.from("{")],
    ["not UTF-8", Buffer.from([0x22, 0xff, 0x22])],
    ["a wrong type", bytes({ seq: "4", spreadSeconds: 0 })],
    ["too large", Buffer.alloc(300_000, 0x20)],
  ])("calls a known topic with %s invalid", (_what, payload) => {
    expect(decodeMessage(topicFor("hint", deviceId), payload).kind).toBe("invalid");
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constant(topicFor("state", deviceId))), fc.uint8Array(), (topic, payload) => {
        expect(decodeMessage(topic, payload)).toBeDefined();
      }),
    );
  });
});
