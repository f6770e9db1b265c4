import { elements, kerasFixtures, layerFixtures, worstDistance } from "@flotilla/convert/test-support";
import { toTfjs } from "@flotilla/convert/tfjs-reference";
import { describe, expect, it } from "vitest";
import { openTfjs } from "./tfjs-runtime.ts";

/** What it cannot do and says so when it opens or runs the model. */
const REFUSED = /^TensorFlow\.js could not (?:open|run) the model: (?:Input 0 is incompatible with layer|it normalises the last axis)/;
/** Keras computes this one in half precision. */
const COARSE: Readonly<Record<string, number>> = { policy16: 1e-2 };

describe("TensorFlow.js as the reference of a Keras file", () => {
  it.each([...layerFixtures(), ...kerasFixtures()])(
    "answers as Keras does, or says why it cannot: $name, $file",
    async ({ name, bytes, runs }) => {
      const model = toTfjs(bytes);
      if ("why" in model) {
        expect(model.why).toMatch(/^(?:TensorFlow\.js has no |The model was trained with Theano)/);
        return;
      }
      for (const { inputs, outputs } of runs) {
        const slots = inputs.map(({ type, dims }, index) => ({ name: String(index), type, shape: dims }));
        const run = await openTfjs(model, slots).catch((error: Error) => error);
        if (run instanceof Error) {
          expect(run.message).toMatch(REFUSED);
          continue;
        }
        const answers = run(inputs.map(elements)).map(({ shape, data }) => ({ dims: shape, data: Array.from(data, Number) }));
        expect(worstDistance(answers, outputs)).toBeLessThanOrEqual(COARSE[name] ?? 1e-5);
      }
    },
  );

  it("answers for most of the trained models", () => {
    const answered = kerasFixtures().filter(({ bytes }) => !("why" in toTfjs(bytes)));
    expect(new Set(answered.map(({ name }) => name)).size).toBeGreaterThanOrEqual(7);
  });
});
