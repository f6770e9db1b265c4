import { describe, expect, it } from "vitest";
import { rankCommand } from "./rank-command.ts";

describe("rankCommand", () => {
  const rank = (search: string, ...keywords: string[]) => rankCommand("id", search, keywords);
  it("puts a label that begins with the words before one that holds them, before one whose keywords do", () => {
    expect(rank("data", "Data sets")).toBeGreaterThan(rank("data", "All data"));
    expect(rank("theme", "Use the dark theme")).toBeGreaterThan(rank("theme", "Dark", "theme"));
  });
  it("takes the words in any order", () => {
    expect(rank("theme dark", "Use the dark theme")).toBeGreaterThan(0);
  });
  it("does not take letters strewn over a sentence", () => {
    expect(rank("data sets", "Copy the address of this page", "link", "share")).toBe(0);
  });
});
