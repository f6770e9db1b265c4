import { rm } from "node:fs/promises";
import { HEARTBEAT_MS, type HostMessage, type HostRequest, hostRequestSchema } from "../ipc.ts";
import { forgetGolden, goldenFeeds, replayGolden } from "./golden.ts";
import { type LoadedModel, loadModel } from "./load-model.ts";
import { Measure } from "./measure.ts";
import { createHostServer } from "./serve.ts";

export type HostArguments = { slot: string; socket: string; threads: number };

/**
 * The inference host: a process of its own, so that a model which crashes or hangs takes nothing else with it. It ends when its
 * parent does.
 */
export async function runHost({ slot, socket, threads }: HostArguments): Promise<void> {
  process.on("disconnect", () => process.exit(0));
  // Ctrl-C reaches the whole process group; the parent decides when this process ends.
  process.on("SIGINT", () => undefined);
  const measure = new Measure();
  let model: LoadedModel;
  try {
    model = await loadModel(slot, threads);
    await rm(socket, { force: true });
    const server = createHostServer(model, measure);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(socket, resolve);
    });
  } catch (error) {
    post({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
    process.disconnect?.();
    return;
  }
  process.on("message", (message) => {
    const request = hostRequestSchema.safeParse(message);
    if (request.success) void reply(model, measure, request.data);
  });
  setInterval(() => post({ kind: "beat" }), HEARTBEAT_MS);
  post({ kind: "ready" });
}

function post(message: HostMessage): void {
  if (process.connected) process.send?.(message);
}

async function reply(model: LoadedModel, measure: Measure, request: HostRequest): Promise<void> {
  try {
    post({ kind: "answer", id: request.id, value: await act(model, measure, request) });
  } catch (error) {
    post({ kind: "error", id: request.id, message: error instanceof Error ? error.message : String(error) });
  }
}

async function act(model: LoadedModel, measure: Measure, request: HostRequest): Promise<unknown> {
  switch (request.kind) {
    case "golden":
      return await replayGolden(model, request.from, request.to);
    case "time":
      return { latenciesMs: await time(model, request) };
    case "memory": {
      const memory = { peakBytes: process.resourceUsage().maxRSS * 1024, rssBytes: process.memoryUsage.rss() };
      forgetGolden();
      return memory;
    }
    case "metrics":
      return measure.take();
    default:
      return request satisfies never;
  }
}

async function time(model: LoadedModel, request: Extract<HostRequest, { kind: "time" }>): Promise<number[]> {
  const feeds = await goldenFeeds(request.directory, request.files, model.manifest.inputs, request.sample);
  const latenciesMs: number[] = [];
  for (let run = 0; run < request.runs; run += 1) {
    const started = performance.now();
    await model.session.run(feeds);
    latenciesMs.push(performance.now() - started);
  }
  return latenciesMs;
}
