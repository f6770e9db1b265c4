import type { GraphView } from "@flotilla/contracts";
import { expect, test } from "vitest";
import { keyByName, resolveKey } from "./resolve-key.ts";

const node = (name: string, output: number) => ({ name, outputs: [output] }) as GraphView["nodes"][number];
const value = (name: string) => ({ name }) as GraphView["values"][number];
const view = { nodes: [node("warp", 0), node("", 1)], values: [value("a"), value("b")] };

test("a node is found by its name, or by what it writes where it has none", () => {
  expect(resolveKey(view, keyByName("warp"))).toBe("node-0");
  expect(resolveKey(view, keyByName("b"))).toBe("node-1");
  expect(resolveKey(view, keyByName("gone"))).toBeNull();
});

test("other keys stay", () => {
  expect(resolveKey(view, "group-3")).toBe("group-3");
  expect(resolveKey(view, null)).toBeNull();
});
