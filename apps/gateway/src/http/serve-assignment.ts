import { getAssignment } from "@flotilla/services";
import type { DeviceCall } from "./routes.ts";
import { send, sendJson } from "./send.ts";

/** `GET /device/v1/assignment`: 200, 304 where the device has it already, 204 where nothing is assigned. */
export async function serveAssignment({ ctx, request, response, device }: DeviceCall): Promise<void> {
  const answer = await getAssignment(ctx, device, request.headers["if-none-match"] ?? null);
  if (answer.kind === "none") return send(response, 204);
  if (answer.kind === "unchanged") return send(response, 304, undefined, { etag: answer.etag });
  sendJson(response, 200, answer.json, { etag: answer.etag });
}
