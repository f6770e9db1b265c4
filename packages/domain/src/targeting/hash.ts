/**
 * 32-bit hash of a string's UTF-16 code units: FNV-1a, then the finaliser of MurmurHash3, because FNV alone orders keys that share
 * a long prefix badly. Not for secrets. Stable for ever: stage membership depends on it.
 */
export const hash32 = (text: string): number => hashAfter("")(text);

/** `hash32` of texts that begin alike, whose beginning is gone through once: `hashAfter(a)(b)` is `hash32(a + b)`. */
export function hashAfter(beginning: string): (rest: string) => number {
  const begun = absorb(0x811c9dc5, beginning);
  return (rest) => finalise(absorb(begun, rest));
}

function absorb(begun: number, text: string): number {
  let hash = begun;
  for (let at = 0; at < text.length; at += 1) {
    hash ^= text.charCodeAt(at);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash;
}

function finalise(absorbed: number): number {
  let hash = absorbed;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return hash >>> 0;
}
