export { type ErrorData } from "./describe-error.ts";
export { isCrossSite } from "./is-cross-site.ts";
export { createLiveHub, type LiveHub, type LiveHubOptions, type NumberedEvent } from "./live/create-live-hub.ts";
export { type AppRouter, appRouter, type RouterInputs, type RouterOutputs } from "./root.ts";
export { type ApiContext, createCallerFactory } from "./trpc.ts";
