import { enrolRequestSchema } from "@flotilla/contracts";
import { enrolDevice } from "@flotilla/services";
import { readJson } from "./read-json.ts";
import type { Call } from "./routes.ts";
import { send } from "./send.ts";

const MAX_BYTES = 64 * 1024;

/** `POST /device/v1/enrol`: 201 with a certificate, or 202 until a person accepts. */
export async function enrol({ ctx, request, response }: Call): Promise<void> {
  const answer = await enrolDevice(ctx, await readJson(request, enrolRequestSchema, MAX_BYTES));
  if (answer.status === "enrolled") send(response, 201, answer);
  else send(response, 202, answer, { "retry-after": String(answer.retryAfterSeconds) });
}
