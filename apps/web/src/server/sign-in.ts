import type { Auth } from "@flotilla/services";

/** Signs a person in whose account was made a moment ago: the answer carries the session's cookie. */
export async function signIn(auth: Auth, request: Request, credentials: { email: string; password: string }): Promise<Response> {
  const headers = new Headers(request.headers);
  headers.delete("cookie");
  headers.delete("content-length");
  headers.set("content-type", "application/json");
  const { email, password } = credentials;
  const signedIn = await auth.handle(
    new Request(new URL("/api/auth/sign-in/email", request.url), { method: "POST", headers, body: JSON.stringify({ email, password }) }),
  );
  const cookies = new Headers();
  for (const cookie of signedIn.headers.getSetCookie()) cookies.append("set-cookie", cookie);
  return Response.json({ signedIn: signedIn.ok }, { headers: cookies });
}
