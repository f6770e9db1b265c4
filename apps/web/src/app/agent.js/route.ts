import { readFile } from "node:fs/promises";
import { FlotillaError } from "@flotilla/contracts";
import { env } from "../../server/env.ts";

/** The device agent, one file: what the command of "Add devices" fetches. It holds no secret, so nobody has to sign in. */
export async function GET(): Promise<Response> {
  const file = env().AGENT_FILE;
  const bytes = file === undefined ? null : await readFile(file).catch(() => null);
  if (bytes === null) {
    const { code, message, status } = new FlotillaError("NOT_FOUND", "This server has no agent file: build apps/agent and set AGENT_FILE.");
    return Response.json({ code, message }, { status });
  }
  return new Response(new Uint8Array(bytes), {
    headers: { "content-type": "text/javascript; charset=utf-8", "cache-control": "no-cache" },
  });
}
