import { FlotillaError } from "@flotilla/contracts/errors";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { parseArgs } from "node:util";
import { z } from "zod";
import { env } from "./env.ts";
import { type AgentOptions, agentOptionsSchema } from "./options.ts";

const TEXT_FLAGS = [
  "server",
  "data",
  "token",
  "token-file",
  "ca",
  "ca-fingerprint",
  "name",
  "profile",
  "port",
  "threads",
  "poll-interval",
  "metrics-interval",
  "start-timeout",
  "hang-timeout",
  "replay",
  "replay-interval",
  "log-level",
] as const;
type TextFlag = (typeof TEXT_FLAGS)[number];

/** Options out of flags and environment. Throws INVALID_INPUT with the sentence for the terminal. */
export function readOptions(argv: readonly string[]): AgentOptions | "help" | "version" {
  const flags = Object.fromEntries(TEXT_FLAGS.map((name) => [name, { type: "string" } as const])) as Record<TextFlag, { type: "string" }>;
  const { values } = parse(argv, flags);
  if (values["help"] === true) return "help";
  if (values["version"] === true) return "version";
  const text = (name: TextFlag): string | undefined => {
    const value = values[name];
    return typeof value === "string" ? value : env.flag(name);
  };
  const seconds = (name: TextFlag): number | undefined => (text(name) === undefined ? undefined : Number(text(name)) * 1000);
  const tags = Array.isArray(values["tag"]) ? values["tag"] : env.flag("tags")?.split(",");
  const parsed = agentOptionsSchema.safeParse({
    server: text("server"),
    data: text("data"),
    token: text("token") ?? readToken(text("token-file")),
    name: text("name") ?? hostname(),
    tags,
    ca: text("ca"),
    caFingerprint: text("ca-fingerprint"),
    profile: text("profile"),
    port: text("port"),
    threads: text("threads"),
    pollIntervalMs: seconds("poll-interval"),
    metricsIntervalMs: seconds("metrics-interval"),
    startTimeoutMs: seconds("start-timeout"),
    hangTimeoutMs: seconds("hang-timeout"),
    replay: text("replay"),
    replayIntervalMs: text("replay-interval"),
    logLevel: text("log-level"),
    hold: env.hold,
  });
  if (parsed.success) return parsed.data;
  const missing = ["server", "data"].filter((name) => text(name as TextFlag) === undefined).map((name) => `--${name}`);
  if (missing.length > 0) throw new FlotillaError("INVALID_INPUT", `${missing.join(" and ")} must be given. See --help.`);
  throw new FlotillaError("INVALID_INPUT", `${z.prettifyError(parsed.error)}\nSee --help.`);
}

/** Out of a file, or of standard input for `-`: an argument is there for every user of the machine to read. */
function readToken(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    const token = readFileSync(file === "-" ? 0 : file, "utf8").trim();
    if (token !== "") return token;
  } catch (cause) {
    throw new FlotillaError("INVALID_INPUT", `The token cannot be read from ${file}. Write it into that file, or pass AGENT_TOKEN.`, {
      cause,
    });
  }
  throw new FlotillaError("INVALID_INPUT", `There is no token in ${file}. Write it into that file, or pass AGENT_TOKEN.`);
}

function parse(argv: readonly string[], flags: Record<TextFlag, { type: "string" }>): { values: Record<string, unknown> } {
  try {
    return parseArgs({
      args: [...argv],
      options: { ...flags, tag: { type: "string", multiple: true }, help: { type: "boolean", short: "h" }, version: { type: "boolean" } },
      strict: true,
    });
  } catch (cause) {
    throw new FlotillaError("INVALID_INPUT", `${cause instanceof Error ? cause.message.split(".")[0] : String(cause)}. See --help.`, {
      cause,
    });
  }
}
