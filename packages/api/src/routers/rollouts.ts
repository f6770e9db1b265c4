import {
  approveRollout,
  approveRolloutInput,
  beginRollout,
  beginRolloutInput,
  changeRollout,
  createRollout,
  createRolloutInput,
  getRollout,
  listRolloutDevices,
  listRolloutDevicesInput,
  listRollouts,
  listRolloutsInput,
  preflightInput,
  listRefused,
  preflightRollout,
  readRolloutDots,
  refusedInput,
  rejectRollout,
  rejectRolloutInput,
  takeBackToDraft,
} from "@flotilla/services";
import { z } from "zod";
import { procedure, router } from "../trpc.ts";
import { byId } from "./inputs.ts";

/** A person's action without parameters. */
function action(kind: "pause" | "resume" | "promote" | "halt" | "revert" | "retry") {
  return procedure("rollout:write")
    .input(byId)
    .mutation(({ ctx, input }) => changeRollout(ctx.services, ctx.actor, { id: input.id, action: { kind } }));
}

export const rolloutsRouter = router({
  list: procedure("rollout:read")
    .input(listRolloutsInput)
    .query(({ ctx, input }) => listRollouts(ctx.services, ctx.actor, input)),
  get: procedure("rollout:read")
    .input(byId)
    .query(({ ctx, input }) => getRollout(ctx.services, ctx.actor, input.id)),
  /** Its devices by page. */
  devices: procedure("rollout:read")
    .input(listRolloutDevicesInput)
    .query(({ ctx, input }) => listRolloutDevices(ctx.services, ctx.actor, input)),
  /** Its devices as a picture: one character each. */
  dots: procedure("rollout:read")
    .input(byId)
    .query(({ ctx, input }) => readRolloutDots(ctx.services, ctx.actor, input.id)),
  preflight: procedure("rollout:read")
    .input(preflightInput)
    .query(({ ctx, input }) => preflightRollout(ctx.services, ctx.actor, input)),
  /** Everybody who cannot take it: for a file. */
  refused: procedure("rollout:read")
    .input(refusedInput)
    .query(({ ctx, input }) => listRefused(ctx.services, ctx.actor, input)),
  create: procedure("rollout:write")
    .input(createRolloutInput)
    .mutation(({ ctx, input }) => createRollout(ctx.services, ctx.actor, input)),
  /** At once, at an hour, or first to a second person: also moves a start that has not happened. */
  start: procedure("rollout:write")
    .input(beginRolloutInput)
    .mutation(({ ctx, input }) => beginRollout(ctx.services, ctx.actor, input)),
  toDraft: procedure("rollout:write")
    .input(byId)
    .mutation(({ ctx, input }) => takeBackToDraft(ctx.services, ctx.actor, input.id)),
  approve: procedure("rollout:approve")
    .input(approveRolloutInput)
    .mutation(({ ctx, input }) => approveRollout(ctx.services, ctx.actor, input)),
  reject: procedure("rollout:approve")
    .input(rejectRolloutInput)
    .mutation(({ ctx, input }) => rejectRollout(ctx.services, ctx.actor, input)),
  pause: action("pause"),
  resume: action("resume"),
  promote: action("promote"),
  halt: action("halt"),
  revert: action("revert"),
  retry: action("retry"),
  cancel: procedure("rollout:write")
    .input(byId.extend({ mode: z.enum(["keep", "revert"]) }))
    .mutation(({ ctx, input }) => changeRollout(ctx.services, ctx.actor, { id: input.id, action: { kind: "cancel", mode: input.mode } })),
});
