import { expect, test } from "vitest";
import { checkAccount } from "./check-account.ts";

const good = { name: "Lin", email: "lin@north.example", password: "correct-horse" };

test.each([
  ["a complete account", {}, {}],
  ["no name", { name: "  " }, { name: "nameMissing" }],
  ["no address", { email: "lin" }, { email: "emailWrong" }],
  ["no password", { password: "" }, { password: "passwordMissing" }],
  ["a password of 11 characters", { password: "12345678901" }, { password: "passwordShort" }],
])("%s", (_, change, problems) => {
  expect(checkAccount({ ...good, ...change })).toEqual(problems);
});
