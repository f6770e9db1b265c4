import { check, type FaultCase, preloadUrl } from "./fault-world.ts";

const YEAR_MS = 365 * 86_400_000;

export const clockFaults: FaultCase[] = [
  {
    fault: "the server's certificate is not valid yet by the device's clock: it says 1970",
    code: "CLOCK_WRONG",
    prove: async (world) => {
      await world.server.goOnAt(() => new Date(Date.now() + YEAR_MS));
      const agent = await world.start();
      await world.runs(agent, world.current);
      await world.logs(agent, "not valid yet by this device's clock");
      // The clock is set.
      await world.server.goOnAt(() => new Date());
      await world.reached(3, "ACTIVE", agent);
    },
  },
  {
    fault: "the server's certificate is not valid any more by the device's clock: it is far ahead",
    code: "CLOCK_WRONG",
    prove: async (world) => {
      await world.server.goOnAt(() => new Date(Date.now() - 20 * YEAR_MS));
      const agent = await world.start();
      await world.runs(agent, world.current);
      await world.logs(agent, "not valid any more by this device's clock");
    },
  },
  {
    fault: "the clock begins at 1970 at every start: what is reported keeps its order",
    code: null,
    prove: async (world) => {
      world.server.offline = true;
      const before = await world.start();
      await world.runs(before, world.current);
      await before.kill();
      const agent = await world.start({ node: ["--import", preloadUrl("device", { year: "1970" })] });
      await world.runs(agent, world.current);
      await agent.kill();
      const last = await world.start();
      await world.runs(last, world.current);
      world.server.offline = false;
      await world.reached(3, "ACTIVE", last);
      const boots = world.server.states().map(({ bootId, at }) => ({ bootId, year: at.slice(0, 4) }));
      const order = boots
        .filter(({ bootId }, index) => bootId !== boots[index - 1]?.bootId)
        .map(({ year }) => (year === "1970" ? "1970" : "now"));
      check(order.join() === "now,1970,now", `the boots were reported in the order ${order.join()}`);
    },
  },
  {
    fault: "the clock is a hundred years ahead",
    code: null,
    prove: async (world) => {
      const agent = await world.start({ node: ["--import", preloadUrl("device", { year: "2126" })] });
      await world.reached(3, "ACTIVE", agent);
      await world.runs(agent, world.offered);
      check(world.server.renewals <= 1, `it renewed its certificate ${world.server.renewals} times`);
    },
  },
];
