/**
 * The only paths of the auth library that are served. Everything else of it (sign-up, organisations, invitations, roles) is done by use
 * cases that check permissions themselves, so a path that a new version of the library adds is closed until it is named here.
 */
export const AUTH_PATHS: ReadonlySet<string> = new Set([
  "GET /ok",
  "POST /sign-in/email",
  "POST /sign-out",
  "POST /change-password",
  "POST /revoke-other-sessions",
]);
