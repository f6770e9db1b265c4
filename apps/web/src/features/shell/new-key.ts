let made = 0;

/** A key for something that is not stored yet. Not `crypto.randomUUID`: browsers have it only over https and on localhost. */
export function newKey(): string {
  made += 1;
  return `new-${made}`;
}
