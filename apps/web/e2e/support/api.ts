import type { RouterInputs, RouterOutputs } from "@flotilla/api";
import type { Page } from "@playwright/test";
import superjson from "superjson";
import type { Stack } from "./stack.ts";

type Router = keyof RouterOutputs;
type Procedure<R extends Router> = Extract<keyof RouterOutputs[R] & keyof RouterInputs[R], string>;

/** Asks the dashboard's own API with the page's session: to check what a screen claims against what the server knows. */
export async function query<R extends Router, P extends Procedure<R>>(
  page: Page,
  stack: Stack,
  router: R,
  procedure: P,
  input: RouterInputs[R][P],
): Promise<RouterOutputs[R][P]> {
  const search = encodeURIComponent(superjson.stringify(input));
  const response = await page.request.get(`${stack.url}/api/trpc/${router}.${procedure}?input=${search}`);
  if (!response.ok()) throw new Error(`${router}.${procedure}: ${response.status()} ${await response.text()}`);
  const { result } = (await response.json()) as { result: { data: Parameters<typeof superjson.deserialize>[0] } };
  return superjson.deserialize(result.data);
}

/** Changes something by the dashboard's own API, with the page's session. */
export async function mutate<R extends Router, P extends Procedure<R>>(
  page: Page,
  stack: Stack,
  router: R,
  procedure: P,
  input: RouterInputs[R][P],
): Promise<RouterOutputs[R][P]> {
  const headers = { "content-type": "application/json", origin: stack.url };
  const response = await page.request.post(`${stack.url}/api/trpc/${router}.${procedure}`, { headers, data: superjson.stringify(input) });
  if (!response.ok()) throw new Error(`${router}.${procedure}: ${response.status()} ${await response.text()}`);
  const { result } = (await response.json()) as { result: { data: Parameters<typeof superjson.deserialize>[0] } };
  return superjson.deserialize(result.data);
}
