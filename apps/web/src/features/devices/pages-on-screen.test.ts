import { expect, test } from "vitest";
import { pagesOnScreen } from "./pages-on-screen.ts";

test.each([
  ["one short page", [12], { first: 0, last: 11 }, [0]],
  ["the top of many", [200, 200, 200], { first: 0, last: 30 }, [0]],
  ["across a border", [200, 200, 200], { first: 190, last: 215 }, [0, 1]],
  ["the last one, with the first for its count", [200, 200, 200], { first: 420, last: 450 }, [0, 2]],
  ["beyond what is loaded", [200], { first: 400, last: 450 }, [0]],
])("pages to ask again: %s", (_, sizes, range, pages) => {
  expect(pagesOnScreen(sizes, range)).toEqual(pages);
});
