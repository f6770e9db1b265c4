import { describe, expect, test } from "vitest";
import { createFormat } from "./create-format.ts";
import { shortId } from "./short-id.ts";

const en = createFormat("en", "UTC");
const zh = createFormat("zh-CN", "UTC");

describe("numbers with units", () => {
  test.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [13_900_000, "13.9 MB"],
    [999_999_999, "1 GB"],
    [288_000_000, "288 MB"],
  ])("%d bytes", (bytes, text) => {
    expect(en.bytes(bytes)).toBe(text);
  });

  test.each([
    [0.0342, "0.034 ms"],
    [0.342, "0.34 ms"],
    [23.12, "23.1 ms"],
    [1204.4, "1,204 ms"],
  ])("%d ms keeps the digits that matter", (value, text) => {
    expect(en.ms(value)).toBe(text);
  });

  test.each([
    [0, "0 sec"],
    [59, "59 sec"],
    [60, "1 min"],
    [7500, "2 hr 5 min"],
    [90_000, "1 day 1 hr"],
  ])("%d seconds in the two largest units", (seconds, text) => {
    expect(en.duration(seconds)).toBe(text);
  });

  test("a change says its sign", () => {
    expect(en.change(0.18)).toBe("+18%");
    expect(en.change(-0.05)).toBe("-5%");
    expect(en.change(0)).toBe("0%");
  });
});

describe("times", () => {
  const now = new Date("2026-11-24T13:00:00Z");
  test.each([
    ["2026-11-24T12:59:57Z", "3 seconds ago"],
    ["2026-11-24T11:00:00Z", "2 hours ago"],
    ["2026-11-23T12:00:00Z", "yesterday"],
    ["2026-12-02T13:00:00Z", "next week"],
  ])("%s seen at 13:00", (at, text) => {
    expect(en.relative(new Date(at), now)).toBe(text);
  });

  test("Chinese says the same in Chinese", () => {
    expect(zh.relative(new Date("2026-11-24T11:00:00Z"), now)).toBe("2小时前");
  });
});

test("a short id shows both ends", () => {
  expect(shortId("9f2c41aabbccddeeff0071ab")).toBe("9f2c41…71ab");
  expect(shortId("short")).toBe("short");
});
