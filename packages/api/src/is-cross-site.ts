/**
 * Whether a browser made this request from a page of another site (cross-site request forgery). Modern browsers say it in
 * `Sec-Fetch-Site`; older ones send `Origin`. A client that sends neither is no browser and carries nobody's cookies unasked.
 */
export function isCrossSite(headers: Pick<Headers, "get">): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  const origin = headers.get("origin");
  if (origin === null) return false;
  const host = headers.get("host");
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
