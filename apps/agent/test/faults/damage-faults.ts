import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { assign } from "../make-release.ts";
import { check, type FaultCase, type FaultWorld } from "./fault-world.ts";

const put = async (world: FaultWorld, name: string, text: string): Promise<void> => await writeFile(join(world.data, name), text);

const BROKEN_JOURNALS: [string, string | ((world: FaultWorld) => Promise<string>)][] = [
  ["the journal is cut off", '{"schemaVersion":1,"seq":'],
  ["the journal is garbage", "\u0000\u0001\u0002 not JSON at all"],
  ["the journal is JSON, but no journal", '{"hello":"world"}'],
  ["the journal is of another version", async (world) => JSON.stringify({ ...(await world.journal()), schemaVersion: 0 })],
];

const journals: FaultCase[] = BROKEN_JOURNALS.map(([fault, text]) => ({
  fault,
  code: "JOURNAL_BROKEN",
  prove: async (world) => {
    world.server.assignment = null;
    await put(world, "journal.json", typeof text === "string" ? text : await text(world));
    const agent = await world.start();
    await world.runs(agent, world.current);
    await world.says("JOURNAL_BROKEN", agent);
    const { current, previous, slots } = await world.journal();
    check(current === "B" && previous === "A", `the rebuilt journal says ${current} and ${previous}`);
    check(slots.B?.variantSha256 === world.current.variantSha256, "the rebuilt journal names another release");
  },
}));

/** The device runs the release before; what was damaged is never opened. */
async function takesPrevious(world: FaultWorld): Promise<void> {
  world.server.assignment = null;
  const agent = await world.start();
  await world.reached(2, "ROLLED_BACK", agent);
  await world.runs(agent, world.previous);
}

export const damageFaults: FaultCase[] = [
  ...journals,
  {
    fault: "a slot's mark of confirmation is garbage, and the journal too",
    code: "JOURNAL_BROKEN",
    prove: async (world) => {
      world.server.assignment = null;
      await put(world, "journal.json", "{");
      await put(world, "slots/B/confirmed.json", "{");
      const agent = await world.start();
      await world.runs(agent, world.previous);
      await world.says("JOURNAL_BROKEN", agent);
    },
  },
  {
    fault: "a bit of the running model is flipped while the agent is down",
    code: "DIGEST_MISMATCH",
    prove: async (world) => {
      await world.flip("slots/B/model.onnx");
      await takesPrevious(world);
    },
  },
  {
    fault: "a file of the running release is missing",
    code: "LENGTH_MISMATCH",
    prove: async (world) => {
      await rm(join(world.data, "slots/B/golden-input-0.npy"));
      await takesPrevious(world);
    },
  },
  {
    fault: "a bit of the other slot's model is flipped, and a revert wants it",
    code: "DIGEST_MISMATCH",
    prove: async (world) => {
      await world.flip("slots/A/model.onnx");
      assign(world.server, world.previous, 3);
      const agent = await world.start();
      const report = await world.reached(3, "REJECTED", agent);
      check(report.reason?.code === "DIGEST_MISMATCH", `rejected for ${report.reason?.code}`);
      await world.runs(agent, world.current);
    },
  },
  {
    fault: "a bit of both slots' models is flipped",
    code: "DIGEST_MISMATCH",
    prove: async (world) => {
      await world.flip("slots/A/model.onnx");
      await world.flip("slots/B/model.onnx");
      world.server.offline = true;
      const agent = await world.start();
      await world.logs(agent, '"host-failed"').catch(() => undefined);
      await sleep(500);
      const answer = await agent.infer(world.lane.image);
      check(answer.status === 503, `something unverified answers: ${answer.status} ${answer.variantSha256}`);
      world.server.offline = false;
      await world.reached(3, "ACTIVE", agent);
      await world.runs(agent, world.offered);
    },
  },
  {
    fault: "what the agent knows of the runtime is garbage",
    code: null,
    prove: async (world) => {
      await put(world, "runtime-profile.json", "{gar");
      const agent = await world.start();
      await world.reached(3, "ACTIVE", agent);
      await world.runs(agent, world.offered);
    },
  },
  {
    fault: "the stored assignment is garbage",
    code: null,
    prove: async (world) => {
      await put(world, "assignment.json", "{gar");
      const agent = await world.start();
      await world.reached(3, "ACTIVE", agent);
    },
  },
];
