import * as fc from "fast-check";
import { expect, test } from "vitest";
import { inverseOf, permuteAxes, permuteShape } from "./permute-axes.ts";

/** A shape and an order of its axes. */
const shaped = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 0, maxLength: 5 })
  .chain((shape) => fc.tuple(fc.constant(shape), fc.shuffledSubarray([...shape.keys()], { minLength: shape.length })));

const counted = (shape: readonly number[]) =>
  Int32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, at) => at);
const offset = (place: readonly number[], shape: readonly number[]) => place.reduce((sum, at, axis) => sum * (shape[axis] ?? 1) + at, 0);

test("each element is where its axes have gone, and the inverse order brings all of them back", () => {
  fc.assert(
    fc.property(shaped, fc.infiniteStream(fc.nat()), ([shape, perm], numbers) => {
      const data = counted(shape);
      const moved = permuteAxes(data, shape, perm);
      const target = permuteShape(shape, perm);
      const place = shape.map((size) => (numbers.next().value ?? 0) % size);
      expect(moved[offset(permuteShape(place, perm), target)]).toBe(data[offset(place, shape)]);
      expect(permuteAxes(moved, target, inverseOf(perm))).toEqual(data);
    }),
  );
});
