import { isFlotillaError } from "@flotilla/contracts";
import { expect, test } from "vitest";
import { limitBody } from "./limit-body.ts";
import { readJson } from "./read-json.ts";

/** A body of `chunks` pieces of 1 KiB that announces no length; `sent` counts what was asked of it. */
function inPieces(chunks: number): { request: Request; sent: () => number } {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent === chunks) return controller.close();
      sent += 1;
      controller.enqueue(new Uint8Array(1024).fill(32));
    },
  });
  const init = { method: "POST", body, duplex: "half" } as RequestInit;
  return { request: new Request("http://localhost/api/setup", init), sent: () => sent };
}

test("a body in pieces, without a length, is refused at the limit and not read on", async () => {
  const { request, sent } = inPieces(100_000);
  const error: unknown = await readJson(request).catch((reason: unknown) => reason);
  expect(isFlotillaError(error) && error.code).toBe("TOO_LARGE");
  expect(sent()).toBeLessThan(100);
});

test("a body within the limit arrives whole, with its headers", async () => {
  const request = new Request("http://localhost/", {
    method: "POST",
    body: '{"a":1}',
    headers: { "content-type": "application/json", cookie: "a=b" },
  });
  const limited = await limitBody(request, 100);
  expect(limited.headers.get("cookie")).toBe("a=b");
  expect(limited.headers.get("content-type")).toBe("application/json");
  expect(await limited.json()).toEqual({ a: 1 });
});

test("no body: the request itself", async () => {
  const request = new Request("http://localhost/");
  expect(await limitBody(request, 1)).toBe(request);
});
