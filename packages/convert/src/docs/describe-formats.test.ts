import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { describeFormats } from "./describe-formats.ts";

it("the page of formats is what the code's tables say; `pnpm --filter @flotilla/convert write-formats` writes it", () => {
  expect(readFileSync(new URL("../../../../docs/formats.md", import.meta.url), "utf8")).toBe(describeFormats());
});
