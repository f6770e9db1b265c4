import { expect, test } from "vitest";
import { isCrossSite } from "./is-cross-site.ts";

test.each<[string, Record<string, string>, boolean]>([
  ["a page of this site", { "sec-fetch-site": "same-origin", host: "fleet:8080", origin: "http://fleet:8080" }, false],
  ["an address typed by hand", { "sec-fetch-site": "none", host: "fleet:8080" }, false],
  ["another site's page", { "sec-fetch-site": "cross-site", host: "fleet:8080", origin: "http://evil.example" }, true],
  ["another port or subdomain of the same site", { "sec-fetch-site": "same-site", host: "fleet:8080", origin: "http://fleet:9999" }, true],
  ["an old browser, this site", { origin: "http://fleet:8080", host: "fleet:8080" }, false],
  ["an old browser, another site", { origin: "http://evil.example", host: "fleet:8080" }, true],
  ["a sandboxed frame", { origin: "null", host: "fleet:8080" }, true],
  ["no browser at all", { host: "fleet:8080" }, false],
])("%s", (_name, headers, expected) => {
  expect(isCrossSite(new Headers(headers))).toBe(expected);
});
