import { isCrossSite } from "@flotilla/api";
import { FlotillaError, isFlotillaError } from "@flotilla/contracts";
import { ZodError } from "zod";
import { webServices, type WebServices } from "./services.ts";

/**
 * Runs a handler outside tRPC: refuses what another site's page asks for, and turns errors into `{code, message}` with their status. What nobody foresaw
 * is logged and leaves no trace in the answer.
 */
export async function answer(request: Request, handler: (web: WebServices) => Promise<Response>): Promise<Response> {
  const web = await webServices();
  try {
    const reads = request.method === "GET" || request.method === "HEAD";
    if (!reads && isCrossSite(request.headers))
      throw new FlotillaError("FORBIDDEN", "A page of another site asked for this; it was refused.");
    return await handler(web);
  } catch (error) {
    const known = describe(error);
    if (known !== null) return Response.json({ code: known.code, message: known.message }, { status: known.status });
    web.services.logger.error({ err: error, path: new URL(request.url).pathname }, "a request failed");
    return Response.json({ code: "INTERNAL", message: "Something went wrong on the server; its log has the details." }, { status: 500 });
  }
}

function describe(error: unknown): FlotillaError | null {
  if (isFlotillaError(error)) return error;
  if (!(error instanceof ZodError)) return null;
  const [first] = error.issues;
  const where = first === undefined || first.path.length === 0 ? "" : `${first.path.join(".")}: `;
  return new FlotillaError("INVALID_INPUT", `${where}${first?.message ?? "the input is not valid"}`);
}
