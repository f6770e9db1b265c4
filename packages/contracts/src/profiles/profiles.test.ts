import { expect, test } from "vitest";
import { TARGET_PROFILES } from "./index.ts";
import { targetProfileSchema } from "./target-profile.ts";

test.each(TARGET_PROFILES.map((profile) => [profile.id, profile] as const))(
  "the profile %s keeps its schema, without a field that it does not know",
  (_, profile) => {
    expect(targetProfileSchema.strict().parse(profile)).toEqual(profile);
  },
);

test("each profile has an id of its own", () => {
  expect(new Set(TARGET_PROFILES.map(({ id }) => id)).size).toBe(TARGET_PROFILES.length);
});
