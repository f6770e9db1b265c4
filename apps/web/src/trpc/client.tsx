"use client";
import type { AppRouter } from "@flotilla/api";
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { type ReactNode, useState } from "react";
import superjson from "superjson";
import { createQueryClient } from "./query-client.ts";

const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

export { useTRPC, useTRPCClient };

const TRPC_PATH = "/api/trpc";

function createClient() {
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === "subscription",
        true: httpSubscriptionLink({ url: TRPC_PATH, transformer: superjson }),
        false: httpBatchLink({ url: TRPC_PATH, transformer: superjson, maxURLLength: 4000 }),
      }),
    ],
  });
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
  const queryClient = queryClientForHere();
  const [client] = useState(createClient);
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={client} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}
