import { answer } from "../../../../server/answer.ts";
import { limitBody } from "../../../../server/limit-body.ts";

const MAX_BYTES = 64 * 1024;

/** Signing in and out, and the account's own settings. */
function handle(request: Request): Promise<Response> {
  return answer(request, async ({ auth }) => auth.handle(await limitBody(request, MAX_BYTES)));
}

export { handle as GET, handle as POST };
