import { acceptInvitation, acceptInvitationInput, joinOrganisation } from "@flotilla/services";
import { answer } from "../../../server/answer.ts";
import { readJson } from "../../../server/read-json.ts";
import { signIn } from "../../../server/sign-in.ts";

/** Accepts an invitation: with a new account, or with the one that is signed in if it has the invited address. */
export function POST(request: Request): Promise<Response> {
  return answer(request, async ({ services, auth }) => {
    const input = acceptInvitationInput.parse(await readJson(request));
    const session = await auth.readSession(request.headers);
    if (session !== null && session.email === input.email) {
      await joinOrganisation(services, session, input);
      return Response.json({ signedIn: true });
    }
    await acceptInvitation(services, input);
    return signIn(auth, request, input);
  });
}
