import { expect, test } from "vitest";
import { contentSecurityPolicy, securityHeaders } from "./security-headers.ts";

test("no other site may frame the dashboard, and a page loads and sends nothing elsewhere", () => {
  const policy = contentSecurityPolicy({ development: false });
  for (const part of [
    "default-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "form-action 'self'",
    "connect-src 'self'",
  ])
    expect(policy.split("; ")).toContain(part);
  expect(policy).not.toContain("'unsafe-eval'");
});

test("links with a one-time token in them are told to nobody", () => {
  const byName = Object.fromEntries(securityHeaders({ development: false }).map(({ key, value }) => [key, value]));
  expect(byName["Referrer-Policy"]).toBe("same-origin");
  expect(byName["X-Content-Type-Options"]).toBe("nosniff");
  expect(byName["X-Frame-Options"]).toBe("DENY");
});
