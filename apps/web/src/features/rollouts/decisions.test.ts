import { decisionKinds } from "@flotilla/domain";
import { describe, expect, it } from "vitest";
import en from "./messages/en.json" with { type: "json" };
import zh from "./messages/zh-CN.json" with { type: "json" };

describe("sentences of the decision log", () => {
  it.each([...decisionKinds])("%s can be said in both languages", (kind) => {
    expect(en.decisions).toHaveProperty(kind);
    expect(zh.decisions).toHaveProperty(kind);
  });
});
