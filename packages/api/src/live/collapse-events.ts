import type { LiveEvent } from "@flotilla/contracts";

/** From this many rows of one topic on, "many changed" is shorter than naming them. */
const NAMED_ROWS = 8;

/** Says each thing once, in the order of its first mention; many rows of one topic become one event without an id. */
export function collapseEvents(events: readonly LiveEvent[]): LiveEvent[] {
  const byTopic = new Map<LiveEvent["topic"], Map<string, LiveEvent>>();
  for (const event of events) {
    const rows = byTopic.get(event.topic) ?? new Map<string, LiveEvent>();
    byTopic.set(event.topic, rows.set(event.id ?? "", event));
  }
  return [...byTopic.values()].flatMap((rows) => {
    const [first] = rows.values();
    if (first === undefined) return [];
    if (rows.size <= NAMED_ROWS && !rows.has("")) return [...rows.values()];
    return [{ organisationId: first.organisationId, topic: first.topic }];
  });
}
