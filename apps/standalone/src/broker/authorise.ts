import { BROKER_TOPICS, GATEWAY_IDENTITY, idSchema, parseTopic, TOPICS } from "@flotilla/contracts";

const FLOTILLA = "flotilla/v1/";

/**
 * Who may use which topic, decided from the certificate's CN alone. A device publishes its own `up/*` topics and subscribes to
 * its own `down/*` ones, exactly as `TOPICS` lists them; the gateway uses everything of ours. Nobody else, nothing else.
 */
export function mayPublish(identity: string, topic: string, retain: boolean): boolean {
  if (identity === GATEWAY_IDENTITY) return topic.startsWith(FLOTILLA) && topic !== BROKER_TOPICS.refusals.topic;
  const own = ownTopic(identity, topic);
  // A retained message stays in memory: only where the topic is meant to be.
  return own !== null && own.suffix.startsWith("up/") && (!retain || own.retain);
}

export function maySubscribe(identity: string, filter: string): boolean {
  if (identity === GATEWAY_IDENTITY) return filter.startsWith(FLOTILLA);
  const own = ownTopic(identity, filter);
  return own !== null && own.suffix.startsWith("down/");
}

function ownTopic(identity: string, topic: string): { suffix: string; retain: boolean } | null {
  const parsed = parseTopic(topic);
  return parsed !== null && parsed.deviceId === identity ? TOPICS[parsed.name] : null;
}

/** Certificates of ours carry a device id or the gateway's name; anything else is not let in. */
export function isKnownIdentity(identity: string): boolean {
  return identity === GATEWAY_IDENTITY || idSchema.safeParse(identity).success;
}
