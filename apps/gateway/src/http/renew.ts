import { renewRequestSchema } from "@flotilla/contracts";
import { renewCertificate } from "@flotilla/services";
import { readJson } from "./read-json.ts";
import type { DeviceCall } from "./routes.ts";
import { send } from "./send.ts";

const MAX_BYTES = 64 * 1024;

/** `POST /device/v1/renew`: 201 with a new certificate for the device that asks. */
export async function renew({ ctx, request, response, device }: DeviceCall): Promise<void> {
  send(response, 201, await renewCertificate(ctx, device, await readJson(request, renewRequestSchema, MAX_BYTES)));
}
