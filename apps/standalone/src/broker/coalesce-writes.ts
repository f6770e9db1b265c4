import type { Writable } from "node:stream";

const WINDOW_MS = 1;

/**
 * Lets what is written to a busy stream within a millisecond share one write, and so one TLS record and one system call: half of the broker's time
 * went there. Whoever writes corks the stream and uncorks it afterwards, as the MQTT library does for each packet; here the uncorking waits.
 */
export function coalesceWrites(stream: Pick<Writable, "uncork">): void {
  const uncork = stream.uncork.bind(stream);
  let waiting = false;
  stream.uncork = () => {
    if (waiting) return uncork();
    waiting = true;
    setTimeout(() => {
      waiting = false;
      uncork();
    }, WINDOW_MS);
  };
}
