import { completeSetup, completeSetupInput } from "@flotilla/services";
import { answer } from "../../../server/answer.ts";
import { readJson } from "../../../server/read-json.ts";
import { signIn } from "../../../server/sign-in.ts";

/** Makes the first owner by the one-time link that the start printed, and signs that person in. */
export function POST(request: Request): Promise<Response> {
  return answer(request, async ({ services, auth }) => {
    const input = completeSetupInput.parse(await readJson(request));
    await completeSetup(services, input);
    return signIn(auth, request, input);
  });
}
