import { randomUUID } from "node:crypto";
import { BROKER_TOPICS, GATEWAY_IDENTITY, TOPICS, type TopicName, topicFor } from "@flotilla/contracts";
import { expect, test } from "vitest";
import { mayPublish, maySubscribe } from "./authorise.ts";

const [mine, other] = [randomUUID(), randomUUID()];
const names = Object.keys(TOPICS) as TopicName[];
const brokerTopics = Object.values(BROKER_TOPICS).map(({ topic }) => topic);

test.each(names)("%s: a device has its own in one direction, another's in none", (name) => {
  const goesUp = TOPICS[name].suffix.startsWith("up/");
  const own = topicFor(name, mine);
  expect([mayPublish(mine, own, false), maySubscribe(mine, own)]).toEqual([goesUp, !goesUp]);
  expect(mayPublish(mine, own, true)).toBe(goesUp && TOPICS[name].retain);
  for (const topic of [
    topicFor(name, other),
    own.replace(mine, "+"),
    own.replace(mine, mine.toUpperCase()),
    `${own}/x`,
    `$share/g/${own}`,
  ]) {
    expect([topic, mayPublish(mine, topic, false), mayPublish(mine, topic, true), maySubscribe(mine, topic)]).toEqual([
      topic,
      false,
      false,
      false,
    ]);
  }
});

test.each([...brokerTopics, "flotilla/v1/#", "flotilla/v1/d/#", "#", "+/v1/d/+/down/hint", "$SYS/#"])("%s is no device's", (topic) => {
  expect([mayPublish(mine, topic, false), mayPublish(mine, topic, true), maySubscribe(mine, topic)]).toEqual([false, false, false]);
});

test("the gateway has every topic of ours, and cannot forge what the broker says", () => {
  for (const name of names)
    expect([mayPublish(GATEWAY_IDENTITY, topicFor(name, other), true), maySubscribe(GATEWAY_IDENTITY, topicFor(name, other))]).toEqual([
      true,
      true,
    ]);
  expect(mayPublish(GATEWAY_IDENTITY, BROKER_TOPICS.refusals.topic, false)).toBe(false);
  expect(maySubscribe(GATEWAY_IDENTITY, "#")).toBe(false);
});
