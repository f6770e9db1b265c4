import { decisionKinds } from "@flotilla/domain";
import { describe, expect, it } from "vitest";
import en from "./messages/en.json" with { type: "json" };
import zh from "./messages/zh-CN.json" with { type: "json" };
import { saidWhole } from "./use-sentence.ts";

describe("sentences of the decision log", () => {
  it.each([...decisionKinds])("%s can be said in both languages", (kind) => {
    expect(en.decisions).toHaveProperty(kind);
    expect(zh.decisions).toHaveProperty(kind);
  });
});

it("a sentence that lacks a value gives way to the stored one", () => {
  expect(saidWhole("Stage “A” starts on 3 devices.")).toBe("Stage “A” starts on 3 devices.");
  expect(saidWhole("阶段“undefined”在 3 台设备上开始。")).toBeNull();
  expect(saidWhole("Started on NaN devices.")).toBeNull();
});
