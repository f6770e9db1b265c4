import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { dataSetsRouter } from "./routers/data-sets.ts";
import { demoRouter } from "./routers/demo.ts";
import { jobsRouter } from "./routers/jobs.ts";
import { liveRouter } from "./routers/live.ts";
import { membersRouter } from "./routers/members.ts";
import { modelsRouter } from "./routers/models.ts";
import { settingsRouter } from "./routers/settings.ts";
import { uploadsRouter } from "./routers/uploads.ts";
import { devicesRouter } from "./routers/devices.ts";
import { groupsRouter } from "./routers/groups.ts";
import { overviewRouter } from "./routers/overview.ts";
import { releasesRouter } from "./routers/releases.ts";
import { rolloutsRouter } from "./routers/rollouts.ts";
import { tokensRouter } from "./routers/tokens.ts";
import { router } from "./trpc.ts";

export const appRouter = router({
  dataSets: dataSetsRouter,
  demo: demoRouter,
  jobs: jobsRouter,
  live: liveRouter,
  members: membersRouter,
  models: modelsRouter,
  settings: settingsRouter,
  devices: devicesRouter,
  groups: groupsRouter,
  overview: overviewRouter,
  releases: releasesRouter,
  rollouts: rolloutsRouter,
  tokens: tokensRouter,
  uploads: uploadsRouter,
});

export type AppRouter = typeof appRouter;
export type RouterInputs = inferRouterInputs<AppRouter>;
export type RouterOutputs = inferRouterOutputs<AppRouter>;
