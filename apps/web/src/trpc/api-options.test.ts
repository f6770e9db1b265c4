import type { AppRouter } from "@flotilla/api";
import { QueryClient } from "@tanstack/react-query";
import { createTRPCClient } from "@trpc/client";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { describe, expect, test, vi } from "vitest";
import { type ApiOptions, createApiClient, createApiOptions } from "./api-options.ts";

const caller = { query: vi.fn(async () => "answer"), mutate: vi.fn(async () => "changed") };
const ours = createApiOptions(caller);
const theirs = createTRPCOptionsProxy<AppRouter>({ client: createTRPCClient<AppRouter>({ links: [] }), queryClient: new QueryClient() });

describe("keys are those of tRPC's own adapter", () => {
  const keys: [string, (api: ApiOptions) => { queryKey?: unknown; mutationKey?: unknown }][] = [
    ["a query", (api) => api.models.get.queryOptions({ id: "1" })],
    ["a query without input", (api) => api.groups.list.queryOptions()],
    ["an infinite query", (api) => api.models.list.infiniteQueryOptions({}, { getNextPageParam: (page) => page.nextCursor })],
    ["a change", (api) => api.uploads.begin.mutationOptions()],
    ["what is under way of a change", (api) => ({ mutationKey: api.jobs.search.mutationKey() })],
    ["the filter of a query", (api) => api.models.version.queryFilter({ id: "1" })],
    ["the filter of a procedure", (api) => api.models.list.pathFilter()],
    ["the filter of a router", (api) => api.models.pathFilter()],
  ];
  test.each(keys)("%s", (_, keyOf) => {
    const { queryKey, mutationKey } = keyOf(ours);
    expect({ queryKey, mutationKey }).toEqual({ queryKey: keyOf(theirs).queryKey, mutationKey: keyOf(theirs).mutationKey });
  });
});

test("options are passed on", () => {
  const select = () => 1;
  const options: { select?: unknown; staleTime?: unknown } = ours.models.get.queryOptions({ id: "1" }, { select, staleTime: 5 });
  expect(options).toMatchObject({ select, staleTime: 5 });
});

test("a page of an infinite query is asked for by its cursor", async () => {
  const client = new QueryClient();
  const cursors = ["next", undefined];
  const options = ours.models.list.infiniteQueryOptions({ search: "a" }, { getNextPageParam: () => cursors.shift() });
  await client.fetchInfiniteQuery({ ...options, pages: 2 } as never);
  expect(caller.query.mock.calls).toEqual([
    ["models.list", { search: "a" }],
    ["models.list", { search: "a", cursor: "next" }],
  ]);
});

test("calls outside of the cache", async () => {
  const client = createApiClient(caller);
  expect(await client.models.get.query({ id: "1" })).toBe("answer");
  expect(caller.query).toHaveBeenLastCalledWith("models.get", { id: "1" });
  expect(await client.uploads.cancel.mutate({ id: "2" })).toBe("changed");
  expect(caller.mutate).toHaveBeenLastCalledWith("uploads.cancel", { id: "2" });
});
