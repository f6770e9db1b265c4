import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { floatTensor } from "@flotilla/onnx";
import { permute } from "./constant-store.ts";
import { compactTranspose, permBehindReshape, physicalShape } from "./layout.ts";

const numbered = (shape: readonly number[]): ReturnType<typeof floatTensor> =>
  floatTensor(
    shape,
    Float32Array.from({ length: shape.reduce((total, dim) => total * dim, 1) }, (_, index) => index),
  );
const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 6 });
const withPerm = shapes.chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    perm: fc.shuffledSubarray(
      shape.map((_, axis) => axis),
      { minLength: shape.length, maxLength: shape.length },
    ),
  }),
);

describe("layouts", () => {
  it("a transposition with merged axes moves the same data", () => {
    fc.assert(
      fc.property(withPerm, ({ shape, perm }) => {
        const compact = compactTranspose(shape, perm);
        const whole = permute(numbered(shape), perm);
        expect(Buffer.compare(permute(numbered(compact.shape), compact.perm).bytes, whole.bytes)).toBe(0);
        expect(compact.perm.length).toBeLessThanOrEqual(shape.filter((dim) => dim > 1).length);
      }),
      { numRuns: 300 },
    );
  });

  it("data that stay where they are behind a Reshape are the reshaped value's data in the layout that is said", () => {
    const reshapes = withPerm.chain(({ shape, perm }) =>
      fc.record({ shape: fc.constant(shape), perm: fc.constant(perm), to: splitsAndMerges(shape) }),
    );
    let kept = 0;
    fc.assert(
      fc.property(reshapes, ({ shape, perm, to }) => {
        const behind = permBehindReshape(shape, to, perm);
        if (behind === null) return;
        kept += 1;
        const held = permute(numbered(shape), perm);
        const wanted = permute(numbered(to), behind);
        expect(physicalShape(to, behind)).toEqual([...wanted.dims]);
        expect(Buffer.compare(held.bytes, wanted.bytes)).toBe(0);
      }),
      { numRuns: 500 },
    );
    expect(kept).toBeGreaterThan(50);
  });
});

/** Another shape of as many elements: neighbours merged, ones put in. */
function splitsAndMerges(shape: readonly number[]): fc.Arbitrary<number[]> {
  return fc.array(fc.constantFrom("merge", "keep", "one"), { minLength: shape.length, maxLength: shape.length }).map((actions) => {
    const result: number[] = [];
    for (const [axis, dim] of shape.entries()) {
      if (actions[axis] === "merge" && result.length > 0) result.push((result.pop() ?? 1) * dim);
      else result.push(...(actions[axis] === "one" ? [1, dim] : [dim]));
    }
    return result;
  });
}
