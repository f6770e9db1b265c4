import { createLogger } from "@flotilla/logger";
import { describe, expect, it } from "vitest";
import { LogTail } from "./log-tail.ts";

function logging(): { log: LogTail; logger: ReturnType<typeof createLogger> } {
  const log = new LogTail();
  return { log, logger: createLogger("agent", "debug", { write: (line) => log.take(line) }) };
}

describe("the tail of the log", () => {
  it("holds warnings and errors as they are written, redacted, and nothing below", () => {
    const { log, logger } = logging();
    logger.info("phase");
    logger.warn({ delayMs: 5, token: "secret", error: "no route to mqtts://user:secret@host" }, "cannot enrol yet");
    logger.error("the journal cannot be written");
    expect(log.next().map(({ level, message }) => [level, message])).toEqual([
      ["warning", "cannot enrol yet: no route to mqtts://user:***@host"],
      ["error", "the journal cannot be written"],
    ]);
    expect(log.next()).toEqual([]);
  });

  it("is bounded in lines and in words, and the oldest go first", () => {
    const { log, logger } = logging();
    for (let index = 0; index < 130; index += 1) logger.warn(`${index} ${"x".repeat(900)}`);
    const first = log.next();
    expect(first).toHaveLength(20);
    expect(first[0]?.message).toMatch(/^30 x+$/);
    expect(first[0]?.message).toHaveLength(500);
    let rest = 0;
    for (let lines = log.next(); lines.length > 0; lines = log.next()) rest += lines.length;
    expect(rest).toBe(80);
  });
});
