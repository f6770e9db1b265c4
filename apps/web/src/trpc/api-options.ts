import type { AppRouter } from "@flotilla/api";
import type { TRPCClient } from "@trpc/client";
import type { TRPCOptionsProxy } from "@trpc/tanstack-react-query";
import type { ApiCaller } from "./call-api.ts";

/** `api.models.list.queryOptions(input)`: what TanStack Query needs for a procedure, typed by the router. */
export type ApiOptions = TRPCOptionsProxy<AppRouter>;

/** `client.models.list.query(input)`: a call outside of the cache. */
export type ApiClient = TRPCClient<AppRouter>;

type Options = Record<string, unknown>;
type Method = (path: readonly string[], input: unknown, options: Options) => unknown;

/**
 * Options with the keys that tRPC's own adapter for TanStack Query makes (a test compares them), of which the dashboard uses these few:
 * that adapter brings the library for both ends of the wire to every page.
 */
export function createApiOptions(caller: ApiCaller): ApiOptions {
  const call = (path: readonly string[], input: unknown) => caller.query(path.join("."), input);
  return pathProxy([], {
    queryOptions: (path, input, options) => ({
      ...options,
      queryKey: keyOf(path, input, "query"),
      queryFn: () => call(path, input),
    }),
    infiniteQueryOptions: (path, input, options) => ({
      ...options,
      queryKey: keyOf(path, input, "infinite"),
      initialPageParam: undefined,
      queryFn: ({ pageParam }: { pageParam: unknown }) =>
        call(path, pageParam === undefined ? input : { ...(input as Options), cursor: pageParam }),
    }),
    // A change has no input yet: what comes first are the options.
    mutationOptions: (path, options) => ({
      ...(options as Options | undefined),
      mutationKey: [path],
      mutationFn: (input: unknown) => caller.mutate(path.join("."), input),
    }),
    mutationKey: (path) => [path],
    queryFilter: (path, input) => ({ queryKey: keyOf(path, input, "query") }),
    pathFilter: (path) => ({ queryKey: [path] }),
  }) as ApiOptions;
}

export function createApiClient(caller: ApiCaller): ApiClient {
  return pathProxy([], {
    query: (path, input) => caller.query(path.join("."), input),
    mutate: (path, input) => caller.mutate(path.join("."), input),
  }) as ApiClient;
}

function keyOf(path: readonly string[], input: unknown, type: "query" | "infinite") {
  return [path, input === undefined ? { type } : { input, type }];
}

/** Collects the names between the dots; the last one, when called, is the method. */
function pathProxy(path: readonly string[], methods: Readonly<Record<string, Method>>): unknown {
  return new Proxy(() => undefined, {
    // `then` would make it look like a promise to whoever awaits it.
    get: (_, name) => (typeof name === "string" && name !== "then" ? pathProxy([...path, name], methods) : undefined),
    apply: (_, __, [input, options]: [unknown, Options?]) => {
      const method = methods[path.at(-1) ?? ""];
      if (method === undefined) throw new Error(`${path.join(".")} is not something that this client can do.`);
      return method(path.slice(0, -1), input, options ?? {});
    },
  });
}
