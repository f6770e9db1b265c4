import { IN_FLIGHT_STATES } from "@flotilla/domain";
import type { Device } from "../device/device.ts";
import type { RolloutRow } from "../server/store.ts";
import type { World } from "../world.ts";

const UNDER_WAY: ReadonlySet<string> = new Set(IN_FLIGHT_STATES);

/** Liveness: a bounded time after the last trouble everything has come to rest, and both ends agree about it. */
export function checkConvergence(world: World): void {
  for (const device of world.devices) if (!world.store.device(device.id).revoked) checkDevice(world, device);
  for (const rollout of world.store.rollouts.values()) checkRollout(world, rollout);
}

function checkDevice(world: World, device: Device): void {
  const fail = (message: string): void => world.fail("converges", `${device.name}: ${message}`);
  const state = device.parts?.loop.state;
  if (device.life === null || state === undefined) return fail("it is not running");
  const row = world.store.device(device.id);
  const assignment = world.store.assignments.get(device.id);
  if (!row.online) fail("the server takes it for offline");
  if (assignment !== undefined && state.journal.seq !== assignment.seq)
    fail(`it follows seq ${state.journal.seq}, assigned is ${assignment.seq}`);
  if (["PREFLIGHT", "DOWNLOADING", "VERIFYING", "STAGED", "ACTIVATING", "PROBING"].includes(state.phase))
    fail(`it is still ${state.phase}`);
  if (device.parts !== null && device.parts.spool.size > 0) fail(`${device.parts.spool.size} reports were never acknowledged`);
  const release = device.serving?.release;
  if (state.journal.current !== null && release === undefined && !mayCrash(world, device)) fail("it serves nothing");
  if (row.phase !== state.phase || row.seq !== state.journal.seq)
    fail(`the server believes ${row.phase} seq ${row.seq}, it is ${state.phase} seq ${state.journal.seq}`);
  if (!mayCrash(world, device) && row.running?.releaseId !== release?.id) fail("the server believes that it runs something else");
  if (state.phase === "ACTIVE" && assignment !== undefined && release !== assignment.release && !mayCrash(world, device))
    fail("it is ACTIVE and does not run what is assigned");
}

/** What it runs ends by itself now and then. */
function mayCrash(world: World, device: Device): boolean {
  const { journal } = device.parts?.loop.state ?? {};
  const releaseId = journal === undefined || journal.current === null ? undefined : journal.slots[journal.current]?.releaseId;
  return releaseId !== undefined && world.store.releases.get(releaseId)?.trait === "crashes-later";
}

function checkRollout(world: World, rollout: RolloutRow): void {
  const fail = (message: string): void => world.fail("converges", `${rollout.name} (${rollout.state}): ${message}`);
  const { state, devices, stages, readings, why } = rollout;
  const atWork = devices.find((row) => UNDER_WAY.has(row.state) && state !== "CANCELLED" && state !== "COMPLETED" && state !== "REVERTED");
  if (atWork !== undefined) fail(`${world.store.device(atWork.deviceId).name} is still ${atWork.state}`);
  if (state === "REVERTING") fail("it never ends");
  if (state !== "RUNNING") return;
  const waits = why?.kind === "awaiting-promotion" || why?.kind === "unproven" || readings.some(({ verdict }) => verdict === "waiting");
  if (!waits)
    fail(
      `it waits for nobody and does not end: ${stages.map((stage) => stage.state).join(" ")}, ${devices.map((row) => row.state).join(" ")}`,
    );
}
