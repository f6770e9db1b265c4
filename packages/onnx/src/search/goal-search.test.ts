import { describe, expect, test } from "vitest";
import { OnnxError } from "../errors.ts";
import { type Candidate, candidateKey, type Measurement } from "./candidate.ts";
import { meetsSafely, shortfalls } from "./check-goal.ts";
import { explainVerdict } from "./explain-verdict.ts";
import { EMPTY_SEARCH, planStep, rankRecords, type SearchSetup, type SearchState } from "./goal-search.ts";
import { runSearch, type SearchHost } from "./run-search.ts";

const setup: SearchSetup = {
  goal: { minScore: 0.98, maxBytes: 400 },
  integers: [{ reduceRange: false }],
  observers: ["min-max", "percentile"],
  halfPrecision: true,
  hasConvolutions: true,
};

const rows = ["a", "b", "c", "d"].map((layer, index) => ({
  layer,
  opType: "Conv",
  parameters: index + 1,
  outputNoise: 1 / (index + 1),
  outputSqnrDb: 10,
  layerSqnrDb: 10,
}));

/** Scores as a real model gives them: each correction and each layer in float takes some of the loss away. */
function measurement(candidate: Candidate, loss: number): Measurement {
  if (candidate.method !== "int8-static") return { sizeBytes: 500, score: 1, samples: 1000, sqnrDb: 60, latencyMs: 10, speedup: 1 };
  const lost =
    loss * (candidate.correctBias ? 0.5 : 1) * (1 - candidate.exclude.length / 5) * (candidate.observer === "percentile" ? 1.1 : 1);
  return {
    sizeBytes: 300 + 10 * candidate.exclude.length,
    score: 1 - lost,
    samples: 1000,
    sqnrDb: -10 * Math.log10(lost),
    latencyMs: 5,
    speedup: 2,
  };
}

function host(loss: number): SearchHost & { readonly tried: Candidate[] } {
  const tried: Candidate[] = [];
  return {
    tried,
    rank: async () => rows,
    measure: async (candidate) => {
      tried.push(candidate);
      return measurement(candidate, loss);
    },
  };
}

describe("goal search", () => {
  test("cheap candidates first, and corrected ones before layers in float", async () => {
    const { tried, ...rest } = host(0.1);
    await runSearch(EMPTY_SEARCH, setup, rest);
    const kinds = tried.map((candidate) =>
      candidate.method === "int8-static"
        ? `${candidate.observer}${candidate.correctBias ? " corrected" : ""} ${candidate.exclude.length}`
        : candidate.method,
    );
    expect(kinds.slice(0, 6)).toEqual(["fp16", "weight-only", "min-max 0", "percentile 0", "min-max corrected 0", "min-max corrected 1"]);
  });

  test("it stops once corrected integers meet the goal", async () => {
    const found = host(0.01);
    const state = await runSearch(EMPTY_SEARCH, setup, found);
    expect(state.rankings).toEqual([]);
    const verdict = explainVerdict(state, setup, 1000);
    expect(verdict.outcome).toBe("recommended");
    expect(verdict.why.sentence).toContain("300 bytes (30 % of the original), 2.00 times the original's speed");
    expect(verdict.warnings.map(({ code }) => code)).toEqual(["dynamic-left-out"]);
  });

  test("at equal size integers are taken before weights that are only stored, unless they are slower", async () => {
    const find = async (speedup: number, measuresTarget = true) => {
      const state = await runSearch(EMPTY_SEARCH, setup, {
        rank: async () => rows,
        measure: async (candidate) => {
          if (candidate.method === "weight-only") return { ...measurement(candidate, 0), sizeBytes: 299 };
          return { ...measurement(candidate, 0.001), speedup: candidate.method === "int8-static" ? speedup : 1 };
        },
      });
      return rankRecords(state, { ...setup, measuresTarget })[0]?.candidate.method;
    };
    expect([await find(0.95), await find(0.8)]).toEqual(["int8-static", "weight-only"]);
    // Slower on the machine that measures is not slower on another kind of device.
    expect(await find(0.8, false)).toBe("int8-static");
  });

  test("weights alone in 8 bits get layers back in float, while that is smaller than what is safe already", async () => {
    const tried: Candidate[] = [];
    const state = await runSearch(EMPTY_SEARCH, setup, {
      rank: async () => rows,
      measure: async (candidate) => {
        tried.push(candidate);
        const layers = "exclude" in candidate ? candidate.exclude.length : 0;
        if (candidate.method === "fp16") return measurement(candidate, 0);
        if (candidate.method !== "weight-only") return measurement(candidate, 0.9);
        return { ...measurement(candidate, 0), sizeBytes: 300 + layers, score: 0.9 + 0.05 * layers };
      },
    });
    const verdict = explainVerdict(state, setup, 1000);
    expect(verdict).toMatchObject({ outcome: "recommended", candidate: { method: "weight-only", exclude: ["a", "b"] } });
    expect(verdict.why.sentence).toContain("Weights in 8 bits (2 layers in float)");
    // Integers were hopeless, and something is safe: no more is tried of them.
    expect(tried.filter((candidate) => candidate.method === "int8-static" && candidate.exclude.length > 0)).toEqual([]);
  });

  test("a kilobyte is no reason to take more noise or a slower kernel", () => {
    const base = {
      method: "int8-static",
      observer: "a",
      options: {},
      equalise: false,
      correctBias: false,
      roundAdaptively: [],
      exclude: [],
    } as const;
    const measured = { sizeBytes: 1000, score: 1, samples: 1000, sqnrDb: 30, latencyMs: 1, speedup: 1 };
    const records = [
      { candidate: base, measured, failure: null },
      { candidate: { ...base, observer: "b" }, measured: { ...measured, sizeBytes: 1010, sqnrDb: 35 }, failure: null },
      { candidate: { ...base, observer: "c" }, measured: { ...measured, sizeBytes: 1010, sqnrDb: 40, speedup: 0.1 }, failure: null },
      { candidate: { ...base, observer: "d" }, measured: { ...measured, sizeBytes: 2000, sqnrDb: 60 }, failure: null },
    ];
    const ranked = rankRecords({ version: 1, records, rankings: [] }, { goal: { minScore: 0.9 } });
    expect(ranked.map(({ candidate }) => candidate.method === "int8-static" && candidate.observer)).toEqual(["b", "a", "c", "d"]);
  });

  test("layers go back to float until the goal is met", async () => {
    const state = await runSearch(EMPTY_SEARCH, setup, host(0.06));
    const verdict = explainVerdict(state, setup, 1000);
    expect(verdict.outcome).toBe("recommended");
    expect(verdict.candidate).toMatchObject({ correctBias: true, exclude: ["a", "b", "c"] });
  });

  test("nothing meets it: the nearest, by how much, and which layer is why", async () => {
    const state = await runSearch(EMPTY_SEARCH, { ...setup, goal: { minScore: 0.98, maxBytes: 310 } }, host(0.4));
    const verdict = explainVerdict(state, { ...setup, goal: { minScore: 0.98, maxBytes: 310 } }, 1000);
    expect(verdict.outcome).toBe("nothing");
    expect(verdict.why.code).toBe("nothing-meets-because-layer");
    expect(verdict.why.sentence).toMatch(
      /^Nothing meets the goal; the nearest, .*, misses it by 10 bytes and 10\.0 points of the score, because layer "c" alone makes 57 % of the noise\.$/,
    );
    expect(state.records.some(({ candidate }) => candidate.method === "int8-static" && candidate.roundAdaptively.length > 0)).toBe(true);
  });

  test("stopped after any step and resumed from JSON it tries the same candidates", async () => {
    const whole = await runSearch(EMPTY_SEARCH, setup, host(0.1));
    const keys = (state: SearchState): string[] => state.records.map(({ candidate }) => candidateKey(candidate));
    for (let stop = 1; stop < whole.records.length; stop += 1) {
      const controller = new AbortController();
      const part = await runSearch(EMPTY_SEARCH, setup, host(0.1), {
        signal: controller.signal,
        onStep: ({ records }) => {
          if (records.length === stop) controller.abort();
        },
      });
      expect(part.records).toHaveLength(stop);
      const rest = host(0.1);
      expect(await runSearch(JSON.parse(JSON.stringify(part)) as SearchState, setup, rest)).toEqual(whole);
      expect(rest.tried).toHaveLength(whole.records.length - stop);
    }
    expect(new Set(keys(whole)).size).toBe(whole.records.length);
  });

  test("a candidate that cannot be built is recorded with its sentence, another error ends the search", async () => {
    const reason = { code: "NOTHING_TO_QUANTISE", params: { method: "int8-dynamic" } };
    const failing: SearchHost = {
      rank: async () => rows,
      measure: async (candidate) => {
        if (candidate.method === "fp16") throw new OnnxError("UNSUPPORTED_OPSET", "The opset is too old.");
        if (candidate.method === "int8-dynamic") throw new OnnxError("INVALID_INPUT", "It has no layer.", { reason });
        return measurement(candidate, 0.01);
      },
    };
    const state = await runSearch(EMPTY_SEARCH, setup, failing);
    expect(state.records[0]).toMatchObject({ measured: null, failure: "The opset is too old." });
    expect(state.records[0]).not.toHaveProperty("reason");
    const dynamic = await runSearch(EMPTY_SEARCH, { ...setup, hasConvolutions: false }, failing);
    expect(dynamic.records.find(({ candidate }) => candidate.method === "int8-dynamic")).toMatchObject({
      failure: "It has no layer.",
      reason,
    });
    expect(explainVerdict(state, setup, 1000).warnings.map(({ code }) => code)).toContain("candidates-failed");
    const broken: SearchHost = { ...failing, measure: () => Promise.reject(new TypeError("a fault")) };
    await expect(runSearch(EMPTY_SEARCH, setup, broken)).rejects.toThrow("a fault");
  });

  test("without VNNI both ways to avoid saturation are tried and the better one is corrected further", () => {
    const integers = [{ reduceRange: true }, { reduceRange: false, perChannel: true }];
    let state: SearchState = EMPTY_SEARCH;
    const tried: Candidate[] = [];
    for (
      let step = planStep(state, { ...setup, integers, halfPrecision: false });
      step.kind === "try" && tried.length < 5;
      step = planStep(state, { ...setup, integers, halfPrecision: false })
    ) {
      tried.push(step.candidate);
      state = {
        ...state,
        records: [...state.records, { candidate: step.candidate, measured: measurement(step.candidate, 0.2), failure: null }],
      };
    }
    expect(tried.filter((candidate) => candidate.method === "int8-static" && candidate.correctBias)).toHaveLength(2);
  });
});

describe("goals", () => {
  const measured: Measurement = { sizeBytes: 100, score: 0.985, samples: 100, sqnrDb: null, latencyMs: null, speedup: 0.9 };

  test("what was not measured is not met", () => {
    expect(shortfalls({ maxMs: 5 }, measured)).toEqual([{ measure: "latencyMs", wanted: 5, got: null, by: 5, relative: 1 }]);
  });

  test("just met on a hundred samples is not safe, on a hundred thousand it is", () => {
    expect(shortfalls({ minScore: 0.98 }, measured)).toEqual([]);
    expect(meetsSafely({ minScore: 0.98 }, measured)).toBe(false);
    expect(meetsSafely({ minScore: 0.98 }, { ...measured, samples: 100_000 })).toBe(true);
  });
});
