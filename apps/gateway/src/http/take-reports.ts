import { reportsRequestSchema } from "@flotilla/contracts";
import { readJson } from "./read-json.ts";
import type { DeviceCall } from "./routes.ts";
import { send } from "./send.ts";

const MAX_BYTES = 2 * 1024 * 1024;

/** `POST /device/v1/reports`: what the agent sends while the broker is away. Answered once it is all in the database. */
export async function takeReports({ reports, request, response, device }: DeviceCall): Promise<void> {
  const body = await readJson(request, reportsRequestSchema, MAX_BYTES);
  const applied = await Promise.all(body.reports.map(async (report) => await reports.add(device.deviceId, report)));
  send(response, 200, { accepted: applied.filter(Boolean).length });
}
