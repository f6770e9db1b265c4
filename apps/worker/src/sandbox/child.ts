/**
 * The child process in which foreign bytes are read and model code runs: takes one request from its parent, answers, and waits
 * to be killed. Never a thread: a native crash or an endless run must not take the worker along.
 */
import { describeError } from "./describe-error.ts";
import { handlers } from "./handlers/index.ts";
import type { FromChild, Handler, RequestKind, ToChild } from "./protocol.ts";

function send(message: FromChild): void {
  process.send?.(message);
}

async function answer({ kind, request }: ToChild): Promise<void> {
  try {
    // `handlers[kind]` takes the request of `kind`: ToChild pairs them, the union of both cannot show it.
    const handle = (await handlers[kind]()) as Handler<RequestKind>;
    const result = await handle(request, {
      progress: (progress) => send({ type: "progress", progress }),
      event: (event) => send({ type: "event", event }),
    });
    send({ type: "result", result });
  } catch (error) {
    send({ type: "error", ...describeError(error) });
  }
}

process.once("message", (message: ToChild) => void answer(message));
// The worker is gone: nobody will read the answer.
process.once("disconnect", () => process.exit(0));
