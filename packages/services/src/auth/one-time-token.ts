import { createHash, randomBytes } from "node:crypto";

/** 256 random bits for a link; only their SHA-256 is stored, so that a copy of the database opens nothing. */
export function createOneTimeToken(): { token: string; tokenSha256: string } {
  const token = randomBytes(32).toString("base64url");
  return { token, tokenSha256: hashOneTimeToken(token) };
}

/** Lower-case hex. */
export function hashOneTimeToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
