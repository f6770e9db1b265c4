const SLASH = 47;
const PLUS = 43;
const HASH = 35;
const DOLLAR = 36;

/** Whether an MQTT topic filter takes a topic in (MQTT 3.1.1, 4.7). Walks over both once and makes nothing: it is asked for every message. */
export function matchesFilter(filter: string, topic: string): boolean {
  const first = filter.charCodeAt(0);
  // MQTT-4.7.2-1: what begins with $ is the broker's own.
  if (topic.charCodeAt(0) === DOLLAR && (first === PLUS || first === HASH)) return false;
  let at = 0;
  for (let i = 0; i < filter.length; i += 1) {
    const code = filter.charCodeAt(i);
    if (code === HASH) return true;
    if (code === PLUS) at = endOfLevel(topic, at);
    else if (at < topic.length && code === topic.charCodeAt(at)) at += 1;
    // `a/#` takes in `a` as well (4.7.1.2).
    else return at === topic.length && code === SLASH && filter.charCodeAt(i + 1) === HASH;
  }
  return at === topic.length;
}

function endOfLevel(topic: string, from: number): number {
  const end = topic.indexOf("/", from);
  return end === -1 ? topic.length : end;
}

export function hasWildcard(filter: string): boolean {
  return filter.includes("+") || filter.includes("#");
}
