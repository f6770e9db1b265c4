import * as fc from "fast-check";
import { choicesOf, type FilterFieldName } from "../filter/fields.ts";
import type { Filter, FilterNode, FilterSubject } from "../filter/filter.ts";
import { joinNodes } from "../filter/filter.ts";

/** Texts that a filter can ask for: the fewer there are, the more often one fits. */
export interface FilterWords {
  readonly texts: fc.Arbitrary<string>;
  readonly tagKeys: fc.Arbitrary<string>;
  readonly ids: fc.Arbitrary<string>;
  readonly numbers: fc.Arbitrary<number>;
  readonly spansMs: fc.Arbitrary<number>;
}

const TEXT_FIELDS = ["name", "model", "release", "profile", "arch", "os", "runtime", "provider", "agentVersion"] as const;
const NUMBER_FIELDS = ["opset", "cpuCount", "memoryMb", "diskFreeMb", "temperatureC", "latencyMs"] as const;
const comparison = fc.constantFrom("=" as const, "<" as const, "<=" as const, ">" as const, ">=" as const);

/** Any filter that the language can say, small ones first. */
export function anyFilter(words: FilterWords): fc.Arbitrary<Filter> {
  const subject: fc.Arbitrary<FilterSubject> = fc.oneof(
    fc.record({ field: fc.constantFrom<FilterFieldName>(...TEXT_FIELDS) }),
    fc.record({ tag: words.tagKeys }),
  );
  const choice = fc.constantFrom("health" as const, "phase" as const, "reason" as const).chain((field) =>
    fc.record({
      kind: fc.constant("is" as const),
      subject: fc.constant({ field }),
      values: fc.uniqueArray(fc.constantFrom(...choicesOf(field)), { minLength: 1, maxLength: 3 }),
    }),
  );
  const leaf: fc.Arbitrary<FilterNode> = fc.oneof(
    fc.constant({ kind: "online" as const }),
    fc.record({ kind: fc.constant("has-tag" as const), key: words.tagKeys }),
    fc.record({ kind: fc.constant("is" as const), subject, values: fc.uniqueArray(words.texts, { minLength: 1, maxLength: 3 }) }),
    choice,
    fc.record({
      kind: fc.constant("is" as const),
      subject: fc.record({ field: fc.constantFrom("modelId" as const, "releaseId" as const) }),
      values: fc.uniqueArray(words.ids, { minLength: 1, maxLength: 2 }),
    }),
    fc.record({ kind: fc.constant("like" as const), subject, pattern: patternOf(words.texts) }),
    fc.record({
      kind: fc.constant("compare" as const),
      field: fc.constantFrom(...NUMBER_FIELDS),
      operator: comparison,
      value: words.numbers,
    }),
    fc.record({
      kind: fc.constant("age" as const),
      field: fc.constantFrom("lastSeen" as const, "added" as const),
      operator: fc.constantFrom("<" as const, "<=" as const, ">" as const, ">=" as const),
      ms: words.spansMs,
    }),
  );
  const { node } = fc.letrec<{ node: FilterNode }>((tie) => ({
    node: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      leaf,
      tie("node").map((item) => ({ kind: "not" as const, item })),
      fc
        .tuple(fc.constantFrom("and" as const, "or" as const), fc.array(tie("node"), { minLength: 2, maxLength: 3 }))
        .map(([kind, items]) => joinNodes(kind, items)),
    ),
  }));
  return fc.oneof({ weight: 1, arbitrary: fc.constant<Filter>({ kind: "all" }) }, { weight: 30, arbitrary: node });
}

/** Parts of texts between stars and question marks, and characters that only look like some. */
function patternOf(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const part = fc.oneof(
    fc.constantFrom("*", "?", "\\*", "\\?", "\\\\", "%", "_"),
    texts.chain((text) =>
      fc.nat(Array.from(text).length).map((end) =>
        Array.from(text)
          .slice(0, end)
          .join("")
          .replaceAll(/[\\*?]/g, "\\$&"),
      ),
    ),
  );
  return fc.array(part, { maxLength: 4 }).map((parts) => parts.join(""));
}
