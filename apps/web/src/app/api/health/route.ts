import { webServices } from "../../../server/services.ts";

export const dynamic = "force-dynamic";

/** 200 while this process can serve: the database answers and the queue is there. */
export async function GET(): Promise<Response> {
  try {
    const { services } = await webServices();
    await services.db.query("SELECT 1");
    return Response.json({ status: "ok" });
  } catch {
    return Response.json({ status: "unavailable" }, { status: 503, headers: { "retry-after": "2" } });
  }
}
