import { FlotillaError } from "@flotilla/contracts/errors";
import { createLogger, type Logger, stdoutAnd } from "@flotilla/logger";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { AGENT_VERSION, startAgent } from "./agent.ts";
import { LogTail } from "./effects/log-tail.ts";
import { HELP } from "./help.ts";
import type { AgentOptions } from "./options.ts";
import { readOptions } from "./read-options.ts";

async function runAgent(options: AgentOptions, entry: string, logger: Logger, log: LogTail): Promise<void> {
  const abort = new AbortController();
  const ended = Promise.withResolvers<void>();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      abort.abort();
      ended.resolve();
    });
  }
  try {
    const agent = await startAgent({ options, entry, logger, log, random: Math.random, clock: () => new Date() }, abort.signal);
    await ended.promise;
    logger.info("stopping");
    await agent.stop();
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  }
}

async function main(): Promise<void> {
  const entry = resolve(process.argv[1] ?? "");
  const [mode, ...rest] = process.argv.slice(2);
  if (mode === "--inference-host") {
    const { values } = parseArgs({
      args: rest,
      options: { slot: { type: "string" }, socket: { type: "string" }, threads: { type: "string" } },
    });
    const { runHost } = await import("./runtime/host/main.ts");
    return await runHost({ slot: values.slot ?? "", socket: values.socket ?? "", threads: Number(values.threads ?? 1) });
  }
  if (mode === "--probe-runtime") {
    const { probeRuntime } = await import("./runtime/probe-runtime.ts");
    return await probeRuntime(rest[0] ?? "unknown");
  }
  const options = readOptions(process.argv.slice(2));
  if (options === "help" || options === "version") {
    process.stdout.write(options === "help" ? HELP : `${AGENT_VERSION}\n`);
    return;
  }
  const log = new LogTail();
  await runAgent(
    options,
    entry,
    createLogger(
      "agent",
      options.logLevel,
      stdoutAnd((line) => log.take(line)),
    ),
    log,
  );
  process.exit(0);
}

await main().catch((error: unknown) => {
  process.stderr.write(`flotilla agent: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof FlotillaError && error.code === "INVALID_INPUT" ? 2 : 1);
});
