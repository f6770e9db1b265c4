/**
 * Preload for an inference host (by NODE_OPTIONS, which the agent hands on): something goes wrong in the host of one slot.
 * `?slot=B&at=answer&nth=3&what=kill`: `at` is `start`, before the model is opened, or a kind of message that the host is about to send.
 * With `mark=FILE` only the first host that comes there is spoiled; `log=FILE` writes every such point instead.
 */
import { appendFileSync, openSync } from "node:fs";

const query = new URL(import.meta.url).searchParams;
const at = query.get("at");
const nth = Number(query.get("nth") ?? 1);
const what = query.get("what");
const mark = query.get("mark");
const log = query.get("log");
const seen = new Map<string, number>();
const slot = /slots\/([AB])$/.exec(process.argv[process.argv.indexOf("--slot") + 1] ?? "")?.[1];
const wanted = query.get("slot");

function pass(point: string): void {
  const count = (seen.get(point) ?? 0) + 1;
  seen.set(point, count);
  if (log !== null && point !== "beat") appendFileSync(log, `${slot} ${point}\n`);
  if (point !== at || count !== nth || !takesMark()) return;
  if (what === "kill") process.kill(process.pid, "SIGKILL");
  if (what === "hang") sleepFor(3_600_000);
  if (what === "eat") eat();
}

/** true for the one process that makes the file, or always without one. */
function takesMark(): boolean {
  if (mark === null) return true;
  try {
    openSync(mark, "wx");
    return true;
  } catch {
    return false;
  }
}

function sleepFor(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** 32 MB a tenth of a second, really touched, for as long as it is let. */
function eat(): void {
  const eaten: Buffer[] = [];
  for (;;) {
    eaten.push(Buffer.alloc(32 << 20, 1));
    sleepFor(100);
  }
}

if (process.argv.includes("--inference-host") && (wanted === null || slot === wanted)) {
  pass("start");
  const send = process.send?.bind(process) as ((...args: unknown[]) => boolean) | undefined;
  process.send = (...args: unknown[]) => {
    pass((args[0] as { kind: string }).kind);
    return send?.(...args) ?? false;
  };
}
