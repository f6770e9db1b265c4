import * as fc from "fast-check";
import { expect, test } from "vitest";
import { completeFilter, type FilterVocabulary } from "./complete-filter.ts";
import { parseFilter } from "./parse-filter.ts";

const vocabulary: FilterVocabulary = {
  fields: { profile: ["linux-x64-cpu", "linux-arm64-cpu"], model: ["pedestrian-detector"], memoryMb: ["512", "2048"] },
  tags: { site: ["north", "south"], "my key": ["a b"] },
};

/** `|` is the cursor. */
function complete(typed: string) {
  const cursor = typed.indexOf("|");
  const text = typed.replace("|", "");
  const { start, end, suggestions } = completeFilter(text, cursor, vocabulary);
  return {
    labels: suggestions.map(({ label }) => label),
    become: suggestions.map(({ insert }) => text.slice(0, start) + insert + text.slice(end)),
  };
}

test.each([
  ["mem|", "memoryMb", "memoryMb "],
  ["si|", "site", "site "],
  ["online and m|", "model", "online and model "],
  ["my|", 'tag."my key"', 'tag."my key" '],
  ["memoryMb |", ">=", "memoryMb >= "],
  ["memoryMb >= |", "512", "memoryMb >= 512 "],
  ["site |", "=", "site = "],
  ["site = |", "north", 'site = "north" '],
  ["site = no|", "north", 'site = "north" '],
  ['site = "so|', "south", 'site = "south" '],
  ['site = "no|rth" and online', "north", 'site = "north"  and online'],
  ["health = |", "healthy", "health = healthy "],
  ["health = fa|", "failed", "health = failed "],
  ["profile in (|", "linux-x64-cpu", 'profile in ("linux-x64-cpu"'],
  ['profile in ("linux-x64-cpu"|', null, ""],
  ['profile in ("linux-x64-cpu" |', ",", 'profile in ("linux-x64-cpu" , '],
  ["profile not |", "in", "profile not in ("],
  ["tag:|", "site", "tag:site "],
  ["online |", "and", "online and "],
  ["(online |", "and", "(online and "],
  ["lastSeen > |", "10m", "lastSeen > 10m "],
  ["model = |", "pedestrian-detector", 'model = "pedestrian-detector" '],
])("%s offers %s first", (typed, label, becomes) => {
  const { labels, become } = complete(typed);
  expect(labels[0] ?? null).toBe(label);
  if (label !== null) expect(become[0]).toBe(becomes);
});

test("a closing parenthesis is offered only where one is open", () => {
  expect(complete("(online |").labels).toContain(")");
  expect(complete("online |").labels).not.toContain(")");
});

test("choosing what is offered, again and again, ends in a filter that is read", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(200), { minLength: 1, maxLength: 12 }), (choices) => {
      let text = "";
      for (const choice of choices) {
        const { start, end, suggestions } = completeFilter(text, text.length, vocabulary);
        const chosen = suggestions[choice % Math.max(1, suggestions.length)];
        if (chosen === undefined) return;
        text = text.slice(0, start) + chosen.insert + text.slice(end);
      }
      const answer = parseFilter(text);
      // Only unfinished, never wrong: what is missing is missing at the end.
      const missing = [
        "CONDITION_MISSING",
        "OPERATOR_MISSING",
        "VALUE_MISSING",
        "TAG_KEY_MISSING",
        "PARENTHESIS_UNCLOSED",
        "LIST_UNCLOSED",
      ];
      if (!answer.ok) expect([...missing, "TOO_DEEP", "ID_WRONG"]).toContain(answer.error.code);
    }),
    { numRuns: 300 },
  );
});
