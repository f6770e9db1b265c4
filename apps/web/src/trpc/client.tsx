"use client";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useState } from "react";
import { type ApiClient, type ApiOptions, createApiClient, createApiOptions } from "./api-options.ts";
import { createApiCaller } from "./call-api.ts";
import { createQueryClient } from "./query-client.ts";

interface Api {
  options: ApiOptions;
  client: ApiClient;
}

const ApiContext = createContext<Api | null>(null);

function createApi(): Api {
  const caller = createApiCaller();
  return { options: createApiOptions(caller), client: createApiClient(caller) };
}

let browserQueryClient: QueryClient | undefined;

/** One cache for the life of the tab; on the server one for each request, so that no answer reaches another person. */
function queryClientForHere(): QueryClient {
  if (typeof window === "undefined") return createQueryClient();
  browserQueryClient ??= createQueryClient();
  return browserQueryClient;
}

/** Gives the page its API client and its cache. */
export function ApiProvider({ children }: { children: ReactNode }) {
  const [api] = useState(createApi);
  return (
    <QueryClientProvider client={queryClientForHere()}>
      <ApiContext value={api}>{children}</ApiContext>
    </QueryClientProvider>
  );
}

function useApi(): Api {
  const api = use(ApiContext);
  if (api === null) throw new Error("useTRPC was called outside ApiProvider");
  return api;
}

/** Options of every procedure for TanStack Query: `useQuery(trpc.models.get.queryOptions({ id }))`. */
export function useTRPC(): ApiOptions {
  return useApi().options;
}

/** Calls outside of the cache. */
export function useTRPCClient(): ApiClient {
  return useApi().client;
}
