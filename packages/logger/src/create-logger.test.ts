import { describe, expect, test } from "vitest";
import { createLogger, hideUrlPasswords } from "./create-logger.ts";

function capture() {
  const lines: Record<string, unknown>[] = [];
  return { lines, stream: { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) } };
}

describe("createLogger", () => {
  test("writes one JSON object a line with name, level and time", () => {
    const { lines, stream } = capture();
    createLogger("worker", "info", stream).info({ jobId: "7" }, "job taken");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ name: "worker", level: "info", jobId: "7", msg: "job taken" });
    expect(Date.parse(String(lines[0]?.["time"]))).not.toBeNaN();
  });

  test("leaves out what is below its level", () => {
    const { lines, stream } = capture();
    createLogger("worker", "warn", stream).info("unheard");
    expect(lines).toHaveLength(0);
  });

  test.each(["password", "token", "privateKey", "authorization"])("redacts %s at every depth that we log", (field) => {
    const { lines, stream } = capture();
    createLogger("web", "info", stream).info({ [field]: "hunter2", request: { [field]: "hunter2", headers: { [field]: "hunter2" } } }, "x");
    expect(JSON.stringify(lines)).not.toContain("hunter2");
  });

  test("hides the password of a connection string inside an error", () => {
    const { lines, stream } = capture();
    createLogger("web", "info", stream).error(new Error("cannot connect to postgres://flotilla:hunter2@localhost:5432/x"));
    expect(JSON.stringify(lines)).not.toContain("hunter2");
    expect(JSON.stringify(lines)).toContain("postgres://flotilla:***@localhost:5432/x");
  });
});

test("hideUrlPasswords leaves URLs without a password alone", () => {
  expect(hideUrlPasswords("https://example.org:8443/a@b")).toBe("https://example.org:8443/a@b");
});
