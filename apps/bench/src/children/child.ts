import { ownCost } from "./cost.ts";
import { TASKS, type TaskName } from "./tasks.ts";

// A task's name and its request as JSON; the answer is the last line of stdout.
const [name, request] = process.argv.slice(2);
const { run } = await TASKS[name as TaskName]();
const startedAt = performance.now();
// The name and the request come from runTask, which pairs them.
const result = await (run as (request: unknown) => Promise<unknown>)(JSON.parse(request ?? "null"));
console.log(`\n${JSON.stringify({ result, cost: await ownCost(startedAt) })}`);
