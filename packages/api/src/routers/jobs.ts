import {
  cancelJob,
  getJob,
  getSearch,
  listJobs,
  listJobsInput,
  optimiseVersion,
  optimiseVersionInput,
  readJobLog,
  readJobLogInput,
  retryJob,
  searchVersion,
  searchVersionInput,
  startValidation,
  startValidationInput,
  stopSearch,
} from "@flotilla/services";
import { procedure, router } from "../trpc.ts";
import { byId } from "./inputs.ts";

export const jobsRouter = router({
  list: procedure("job:read")
    .input(listJobsInput)
    .query(({ ctx, input }) => listJobs(ctx.services, ctx.actor, input)),
  get: procedure("job:read")
    .input(byId)
    .query(({ ctx, input }) => getJob(ctx.services, ctx.actor, input)),
  log: procedure("job:read")
    .input(readJobLogInput)
    .query(({ ctx, input }) => readJobLog(ctx.services, ctx.actor, input)),
  optimise: procedure("job:write")
    .input(optimiseVersionInput)
    .mutation(({ ctx, input }) => optimiseVersion(ctx.services, ctx.actor, input)),
  validate: procedure("job:write")
    .input(startValidationInput)
    .mutation(({ ctx, input }) => startValidation(ctx.services, ctx.actor, input)),
  search: procedure("job:write")
    .input(searchVersionInput)
    .mutation(({ ctx, input }) => searchVersion(ctx.services, ctx.actor, input)),
  findings: procedure("job:read")
    .input(byId)
    .query(({ ctx, input }) => getSearch(ctx.services, ctx.actor, input)),
  stopSearch: procedure("job:write")
    .input(byId)
    .mutation(({ ctx, input }) => stopSearch(ctx.services, ctx.actor, input)),
  cancel: procedure("job:write")
    .input(byId)
    .mutation(({ ctx, input }) => cancelJob(ctx.services, ctx.actor, input)),
  retry: procedure("job:write")
    .input(byId)
    .mutation(({ ctx, input }) => retryJob(ctx.services, ctx.actor, input)),
});
