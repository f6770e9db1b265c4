import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTopic, TOPICS, type TopicName, topicFor, wildcardFor } from "./topics.ts";

const names = Object.keys(TOPICS) as TopicName[];

describe("topics", () => {
  it("come apart as they were put together", () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.uuid(), (name, deviceId) => {
        expect(parseTopic(topicFor(name, deviceId))).toEqual({ name, deviceId });
      }),
    );
  });

  it("are nothing of ours when anything is off", () => {
    fc.assert(
      fc.property(fc.string(), (topic) => {
        fc.pre(!topic.startsWith("flotilla/v1/d/"));
        expect(parseTopic(topic)).toBeNull();
      }),
    );
    const id = "0b0f7c5e-3b1e-4a57-9d0c-0e4d4e3f2a11";
    for (const topic of [
      `flotilla/v2/d/${id}/up/state`,
      `flotilla/v1/d/${id}/up/state/x`,
      `flotilla/v1/d/${id}/down/state`,
      "flotilla/v1/d/x/up/state",
      `${topicFor("state", id)}\n`,
    ]) {
      expect(parseTopic(topic), topic).toBeNull();
    }
  });

  it("say the direction in their name: a device publishes up and listens down", () => {
    for (const name of names) expect(TOPICS[name].suffix).toMatch(name === "hint" ? /^down\// : /^up\//);
  });

  it("have one wildcard each for the gateway", () => {
    expect(wildcardFor("state")).toBe("flotilla/v1/d/+/up/state");
    expect(new Set(names.map(wildcardFor)).size).toBe(names.length);
  });
});
