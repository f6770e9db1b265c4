import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Measurement } from "./candidate.ts";
import { meetsSafely } from "./check-goal.ts";
import { bestTrial, fallBack, type FallBackState, nextTrial, orderByNoisePerByte, recordTrial, startFallBack } from "./fall-back.ts";
import type { LayerSensitivity } from "./sensitivity.ts";

const goal = { minScore: 0.9 };
const order = ["a", "b", "c", "d", "e", "f", "g"];

/** A model whose score suffers from each layer in `harm` that is in integers. */
function measurer(harm: Readonly<Record<string, number>>) {
  return async (exclude: readonly string[]): Promise<Measurement> => {
    const lost = Object.entries(harm).reduce((sum, [layer, loss]) => sum + (exclude.includes(layer) ? 0 : loss), 0);
    return { sizeBytes: 100 + 10 * exclude.length, score: 1 - lost, samples: 1e6, sqnrDb: 20, latencyMs: 1, speedup: 2 };
  };
}

const row = (layer: string, outputNoise: number, parameters: number): LayerSensitivity => ({
  layer,
  opType: "Conv",
  parameters,
  outputNoise,
  outputSqnrDb: null,
  layerSqnrDb: null,
});

describe("fallBack", () => {
  test("nothing goes back where integers hold the goal", async () => {
    const state = await fallBack(startFallBack(order), { goal, measure: measurer({ a: 0.01 }) });
    expect(state.trials.map(({ exclude }) => exclude)).toEqual([[]]);
  });

  test("the smallest set is found between two powers of two", async () => {
    const state = await fallBack(startFallBack(order), { goal, measure: measurer({ a: 0.05, b: 0.05, c: 0.05, d: 0.05, e: 0.07 }) });
    expect(bestTrial(state, goal)?.exclude).toHaveLength(4);
  });

  test("a layer that need not be in float goes back to integers", async () => {
    const state = await fallBack(startFallBack(order), { goal, measure: measurer({ a: 0.2, c: 0.2 }) });
    expect(bestTrial(state, goal)?.exclude).toEqual(["a", "c"]);
  });

  test("where nothing holds, the loop ends and the highest score is kept", async () => {
    const state = await fallBack(startFallBack(order), { goal, measure: measurer({ other: 0.5, b: 0.1 }) });
    expect(bestTrial(state, goal)?.exclude).toEqual(["a", "b"]);
    expect(nextTrial(state, goal)).toBeNull();
  });

  test("a set that is too large stops the growth", async () => {
    const strict = { ...goal, maxBytes: 125 };
    const state = await fallBack(startFallBack(order), { goal: strict, measure: measurer({ other: 0.5 }) });
    expect(Math.max(...state.trials.map(({ exclude }) => exclude.length))).toBeLessThanOrEqual(4);
    expect(nextTrial(state, strict)).toBeNull();
  });

  test("stopped anywhere and resumed from JSON it takes the same way", async () => {
    const measure = measurer({ a: 0.05, b: 0.05, c: 0.05, e: 0.05 });
    const whole = await fallBack(startFallBack(order), { goal, measure });
    for (let stop = 1; stop < whole.trials.length; stop += 1) {
      const controller = new AbortController();
      const part = await fallBack(startFallBack(order), {
        goal,
        measure,
        signal: controller.signal,
        onTrial: (_, { trials }) => {
          if (trials.length === stop) controller.abort();
        },
      });
      expect(part.trials).toHaveLength(stop);
      expect(await fallBack(JSON.parse(JSON.stringify(part)) as FallBackState, { goal, measure })).toEqual(whole);
    }
  });

  test("what was being measured when it was stopped is no result", async () => {
    const controller = new AbortController();
    const measure = async (): Promise<Measurement> => {
      controller.abort();
      return Promise.reject(new Error("killed"));
    };
    expect((await fallBack(startFallBack(order), { goal, measure, signal: controller.signal })).trials).toEqual([]);
  });

  test("it ends within its trials and never repeats one", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 0.2, noNaN: true }), { minLength: 1, maxLength: 30 }), (losses) => {
        let state = startFallBack(losses.map((_, index) => `l${index}`));
        for (let next = nextTrial(state, goal); next !== null; next = nextTrial(state, goal)) {
          const exclude = next;
          const lost = losses.reduce((sum, loss, index) => sum + (exclude.includes(`l${index}`) ? 0 : loss), 0);
          const measured = {
            sizeBytes: exclude.length,
            score: Math.max(0, 1 - lost),
            samples: 1e6,
            sqnrDb: null,
            latencyMs: null,
            speedup: null,
          };
          state = recordTrial(state, { exclude, measured });
        }
        const keys = state.trials.map(({ exclude }) => exclude.toSorted().join());
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys.length).toBeLessThanOrEqual(14);
        const best = bestTrial(state, goal);
        const safe = state.trials.filter(({ measured }) => measured !== null && meetsSafely(goal, measured));
        if (safe.length > 0) expect(best?.exclude.length).toBe(Math.min(...safe.map(({ exclude }) => exclude.length)));
      }),
    );
  });
});

describe("orderByNoisePerByte", () => {
  test("much noise on few weights comes first, and the budget is kept", () => {
    const rows = [row("big", 5, 1_000_000), row("small", 1, 300), row("quiet", 0, 10), row("middle", 1, 5_000)];
    expect(orderByNoisePerByte(rows)).toEqual(["small", "middle", "big"]);
    expect(orderByNoisePerByte(rows, 3 * 5_000)).toEqual(["small"]);
    expect(orderByNoisePerByte(rows, 3 * 5_300)).toEqual(["small", "middle"]);
  });
});
