import { reportsRequestSchema } from "@flotilla/contracts";
import { applyReports } from "@flotilla/services";
import { readJson } from "./read-json.ts";
import type { DeviceCall } from "./routes.ts";
import { send } from "./send.ts";

const MAX_BYTES = 2 * 1024 * 1024;

/** `POST /device/v1/reports`: what the agent sends while the broker is away. */
export async function takeReports({ ctx, request, response, device }: DeviceCall): Promise<void> {
  const { reports } = await readJson(request, reportsRequestSchema, MAX_BYTES);
  send(response, 200, { accepted: await applyReports(ctx, device.deviceId, reports) });
}
