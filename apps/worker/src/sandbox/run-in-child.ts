import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { FlotillaError } from "@flotilla/contracts/errors";
import { explainExit, type KillReason } from "./explain-exit.ts";
import { handOver } from "./hand-over.ts";
import type { ChildLimits } from "./limits.ts";
import type { ChildProgress, EventOf, FromChild, RequestKind, RequestOf, ResultOf } from "./protocol.ts";
import { RUNS_MODELS } from "./request-paths.ts";
import { spawnChild } from "./spawn-child.ts";
import { watchMemory } from "./watch-memory.ts";

export interface RunOptions<K extends RequestKind = RequestKind> {
  limits: ChildLimits;
  /** The child's working directory; the only place where it may write. The caller removes it. */
  directory: string;
  signal: AbortSignal;
  onProgress?: (progress: ChildProgress) => void;
  onEvent?: (event: EventOf<K>) => void;
}

/** Enough of stderr to say why a child died, not enough to fill memory. */
const STDERR_BYTES = 8_192;

/**
 * Runs one request in a child process with a memory limit and a clock. Model code and every reader of foreign bytes run
 * there, so that whatever they do, the worker lives.
 *
 * Throws the child's own FlotillaError, OUT_OF_MEMORY, TIMED_OUT or CHILD_CRASHED with the reason, or `signal.reason` at once
 * when it is aborted. The child is dead when this settles.
 */
export async function runInChild<K extends RequestKind>(kind: K, request: RequestOf<K>, options: RunOptions<K>): Promise<ResultOf<K>> {
  options.signal.throwIfAborted();
  const handed = await handOver(kind, request, options.directory);
  options.signal.throwIfAborted();
  const { directory, limits } = options;
  const { readable, confinement } = handed;
  const child = spawnChild({ directory, limits, readable, confinement, runsModels: RUNS_MODELS[kind] });
  const exited = once(child, "exit").catch(() => undefined);
  const killed: { why: KillReason | null } = { why: null };
  const kill = (why: KillReason): void => {
    killed.why ??= why;
    child.kill("SIGKILL");
  };
  const onAbort = (): void => kill("cancelled");
  options.signal.addEventListener("abort", onAbort, { once: true });
  const clock = setTimeout(() => kill("clock"), options.limits.wallClockMs);
  const stopWatching = watchMemory(child.pid, options.limits.memoryBytes, () => kill("memory"));
  try {
    const stderr = collectStderr(child);
    const answer = awaitAnswer(child, options);
    child.send({ kind, request: handed.request }, () => undefined);
    const message = await answer;
    if (message?.type === "result") return message.result as ResultOf<K>;
    if (message?.type === "error") throw new FlotillaError(message.code, message.message);
    await exited;
    if (killed.why === "cancelled") throw options.signal.reason;
    throw explainExit({
      killed: killed.why,
      code: child.exitCode,
      signal: child.signalCode,
      stderr: stderr(),
      limits: options.limits,
      subject: kind === "inspect-data-set" ? "data set" : "model",
    });
  } finally {
    clearTimeout(clock);
    stopWatching();
    options.signal.removeEventListener("abort", onAbort);
    child.kill("SIGKILL");
    await exited;
  }
}

/** The child's last message, or null when it went away without one. */
function awaitAnswer<K extends RequestKind>(
  child: ChildProcess,
  { onProgress, onEvent }: Pick<RunOptions<K>, "onProgress" | "onEvent">,
): Promise<Extract<FromChild, { type: "result" | "error" }> | null> {
  return new Promise((resolve) => {
    child.on("message", (message: FromChild) => {
      if (message.type === "progress") onProgress?.(message.progress);
      else if (message.type === "event") onEvent?.(message.event as EventOf<K>);
      else resolve(message);
    });
    child.on("error", () => resolve(null));
    child.on("exit", () => resolve(null));
  });
}

function collectStderr(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    text = (text + chunk).slice(-STDERR_BYTES);
  });
  return () => text;
}
