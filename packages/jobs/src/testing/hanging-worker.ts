/** A process that takes a `build-release` job and never ends it: tells its parent when it listens and when it holds the job. */
import { createQueue } from "../create-queue.ts";

const queue = createQueue({ url: process.argv[2] ?? "" });
await queue.start();
await queue.work("build-release", async () => {
  process.send?.("holds the job");
  await new Promise(() => undefined);
});
process.send?.("listens");
