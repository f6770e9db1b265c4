import { webServices } from "../../../../server/services.ts";

/** Signing in and out, and the account's own settings. */
async function handle(request: Request): Promise<Response> {
  return (await webServices()).auth.handle(request);
}

export { handle as GET, handle as POST };
