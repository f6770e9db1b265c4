import {
  acceptDevices,
  acceptDevicesInput,
  deviceEventsInput,
  deviceMetricsInput,
  getDevice,
  listDevices,
  listDevicesInput,
  readDeviceEvents,
  readDeviceLog,
  readDeviceMetrics,
  readFilterVocabulary,
  rejectDevice,
  renameDevice,
  renameDeviceInput,
  revokeDevice,
  setDeviceTags,
  setDeviceTagsInput,
} from "@flotilla/services";
import { procedure, router } from "../trpc.ts";
import { byId } from "./inputs.ts";

export const devicesRouter = router({
  list: procedure("device:read")
    .input(listDevicesInput)
    .query(({ ctx, input }) => listDevices(ctx.services, ctx.actor, input)),
  get: procedure("device:read")
    .input(byId)
    .query(({ ctx, input }) => getDevice(ctx.services, ctx.actor, input.id)),
  events: procedure("device:read")
    .input(deviceEventsInput)
    .query(({ ctx, input }) => readDeviceEvents(ctx.services, ctx.actor, input)),
  log: procedure("device:read")
    .input(byId)
    .query(({ ctx, input }) => readDeviceLog(ctx.services, ctx.actor, input.id)),
  metrics: procedure("device:read")
    .input(deviceMetricsInput)
    .query(({ ctx, input }) => readDeviceMetrics(ctx.services, ctx.actor, input)),
  filterVocabulary: procedure("device:read").query(({ ctx }) => readFilterVocabulary(ctx.services, ctx.actor)),
  accept: procedure("device:write")
    .input(acceptDevicesInput)
    .mutation(({ ctx, input }) => acceptDevices(ctx.services, ctx.actor, input)),
  reject: procedure("device:write")
    .input(byId)
    .mutation(({ ctx, input }) => rejectDevice(ctx.services, ctx.actor, input.id)),
  rename: procedure("device:write")
    .input(renameDeviceInput)
    .mutation(({ ctx, input }) => renameDevice(ctx.services, ctx.actor, input)),
  setTags: procedure("device:write")
    .input(setDeviceTagsInput)
    .mutation(({ ctx, input }) => setDeviceTags(ctx.services, ctx.actor, input)),
  revoke: procedure("device:write")
    .input(byId)
    .mutation(({ ctx, input }) => revokeDevice(ctx.services, ctx.actor, input.id)),
});
