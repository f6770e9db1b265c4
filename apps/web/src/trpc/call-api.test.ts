import { initTRPC, TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import superjson from "superjson";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { API_PATH, createApiCaller } from "./call-api.ts";

/** The library at the other end of the wire, set up as the server's is: with superjson, and errors that carry a code of ours. */
const t = initTRPC.create({
  transformer: superjson,
  errorFormatter: ({ shape, error }) => ({ ...shape, data: { code: "NO_DEVICE", httpStatus: shape.data.httpStatus, path: error.message } }),
});
const changed: unknown[] = [];
const router = t.router({
  things: t.router({
    add: t.procedure.input(z.object({ a: z.number(), b: z.number() })).query(({ input }) => input.a + input.b),
    when: t.procedure.query(() => ({ at: new Date(7), none: undefined, list: [{ at: new Date(8) }] })),
    echo: t.procedure.input(z.string().optional()).query(({ input }) => input ?? "nothing"),
    refuse: t.procedure.query(() => {
      throw new TRPCError({ code: "NOT_FOUND", message: "There is no such device." });
    }),
    change: t.procedure.input(z.object({ name: z.string() })).mutation(({ input }) => {
      changed.push(input);
      return { at: new Date(9) };
    }),
  }),
});

const asked: string[] = [];
const send = async (url: string, init?: RequestInit) => {
  asked.push(url);
  const req = new Request(new URL(url, "http://localhost"), init);
  return fetchRequestHandler({ endpoint: API_PATH, req, router, createContext: () => ({}) });
};

afterEach(() => {
  asked.length = 0;
  changed.length = 0;
});

test("queries of one go travel in one request, and each gets its answer", async () => {
  const { query } = createApiCaller(send);
  const answers = await Promise.all([
    query("things.add", { a: 1, b: 2 }),
    query("things.when", undefined),
    query("things.echo", undefined),
    query("things.echo", "said"),
  ]);
  expect(answers).toEqual([3, { at: new Date(7), none: undefined, list: [{ at: new Date(8) }] }, "nothing", "said"]);
  expect(asked).toHaveLength(1);
});

test("a failed query fails alone, with the server's code, status and sentence", async () => {
  const { query } = createApiCaller(send);
  const [good, bad, badInput] = await Promise.allSettled([
    query("things.add", { a: 1, b: 2 }),
    query("things.refuse", undefined),
    query("things.add", { a: "one" }),
  ]);
  expect(good).toEqual({ status: "fulfilled", value: 3 });
  expect(bad).toMatchObject({ reason: { message: "There is no such device.", data: { code: "NO_DEVICE", httpStatus: 404 } } });
  expect(badInput).toMatchObject({ reason: { data: { httpStatus: 400 } } });
});

test("what is too long for one address goes in several", async () => {
  const { query } = createApiCaller(send);
  const words = Array.from({ length: 10 }, (_, index) => String(index).repeat(900));
  expect(await Promise.all(words.map((word) => query("things.echo", word)))).toEqual(words);
  expect(asked.length).toBeGreaterThan(2);
  expect(Math.max(...asked.map((url) => url.length))).toBeLessThanOrEqual(4000);
});

test("an input that is too long by itself is sent all the same", async () => {
  const long = "x".repeat(6000);
  expect(await createApiCaller(send).query("things.echo", long)).toBe(long);
});

test("a change is a request of its own, by POST", async () => {
  const { mutate } = createApiCaller(send);
  const answers = await Promise.all([mutate("things.change", { name: "a" }), mutate("things.change", { name: "b" })]);
  expect(answers).toEqual([{ at: new Date(9) }, { at: new Date(9) }]);
  expect(changed).toEqual([{ name: "a" }, { name: "b" }]);
  expect(asked).toHaveLength(2);
});

test("an answer from before the API says why, too", async () => {
  const tooLarge = async () => Response.json({ code: "PAYLOAD_TOO_LARGE", message: "That is too much." }, { status: 413 });
  await expect(createApiCaller(tooLarge).mutate("things.change", {})).rejects.toMatchObject({
    message: "That is too much.",
    data: { code: "PAYLOAD_TOO_LARGE", httpStatus: 413 },
  });
});

test.each([
  ["no connection", async () => Promise.reject(new TypeError("Failed to fetch"))],
  ["a proxy's page", async () => new Response("<html>Bad gateway</html>", { status: 502 })],
])("%s: an error without the server's words", async (_, broken) => {
  await expect(createApiCaller(broken).query("things.echo", "a")).rejects.toMatchObject({ name: "ApiError", data: null });
});
