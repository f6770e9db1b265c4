import { BROKER_TOPICS, type BrokerTopicName, parseTopic, TOPICS, type TopicName } from "@flotilla/contracts";

/** Larger messages are not parsed: no report of ours comes near. */
const MAX_PAYLOAD_BYTES = 256 * 1024;

export type Decoded =
  | { kind: "device"; name: TopicName; deviceId: string; payload: unknown }
  | { kind: "broker"; name: BrokerTopicName; payload: unknown }
  /** Not a topic of this version: from a newer or older peer, dropped. */
  | { kind: "unknown" }
  /** One of our topics with a payload that its schema refuses: a defect or a forgery. */
  | { kind: "invalid"; problem: string };

/** Validates one message, once, at the edge: what comes out has the type of its topic. */
export function decodeMessage(topic: string, bytes: Uint8Array): Decoded {
  const device = parseTopic(topic);
  const broker = device === null ? brokerTopicOf(topic) : null;
  if (device === null && broker === null) return { kind: "unknown" };
  const json = parseJson(bytes);
  if (typeof json === "string") return { kind: "invalid", problem: json };
  const schema = device === null ? BROKER_TOPICS[broker ?? "refusals"].schema : TOPICS[device.name].schema;
  const result = schema.safeParse(json.value);
  if (!result.success) {
    const issue = result.error.issues[0];
    return { kind: "invalid", problem: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unknown"}` };
  }
  if (device !== null) return { kind: "device", ...device, payload: result.data };
  return broker === null ? { kind: "unknown" } : { kind: "broker", name: broker, payload: result.data };
}

function brokerTopicOf(topic: string): BrokerTopicName | null {
  for (const name of Object.keys(BROKER_TOPICS) as BrokerTopicName[]) {
    if (BROKER_TOPICS[name].topic === topic) return name;
  }
  return null;
}

function parseJson(bytes: Uint8Array): { value: unknown } | string {
  if (bytes.length > MAX_PAYLOAD_BYTES) return `${bytes.length} bytes, more than ${MAX_PAYLOAD_BYTES}`;
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) };
  } catch {
    return "not JSON";
  }
}
