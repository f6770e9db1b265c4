/** What a form needs to know of a failed call: `status` 0 where the server did not answer. */
export interface CallFailure {
  status: number;
  code: string | null;
  message: string;
}

/** Sends JSON to this server; null is success. */
async function post(path: string, body: unknown): Promise<CallFailure | null> {
  let response: Response;
  try {
    response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  } catch {
    return { status: 0, code: null, message: "" };
  }
  if (response.ok) return null;
  const answer: unknown = await response.json().catch(() => null);
  const field = (name: "code" | "message"): string | null => {
    if (typeof answer !== "object" || answer === null || !(name in answer)) return null;
    const value: unknown = (answer as Record<string, unknown>)[name];
    return typeof value === "string" ? value : null;
  };
  return { status: response.status, code: field("code"), message: field("message") ?? response.statusText };
}

export function signIn(input: { email: string; password: string }): Promise<CallFailure | null> {
  return post("/api/auth/sign-in/email", input);
}

/** null when the session is over. */
export function signOut(): Promise<CallFailure | null> {
  return post("/api/auth/sign-out", {});
}

export interface NewAccount {
  token: string;
  name: string;
  email: string;
  password: string;
}

/** The first account of an installation, by the one-time link. */
export function becomeOwner(account: NewAccount): Promise<CallFailure | null> {
  return post("/api/setup", account);
}

/** An account by invitation. */
export function acceptInvitation(account: NewAccount): Promise<CallFailure | null> {
  return post("/api/join", account);
}
