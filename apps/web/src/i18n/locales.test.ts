import { expect, test } from "vitest";
import { negotiateLocale } from "./locales.ts";

test.each([
  [null, "en"],
  ["", "en"],
  ["de-CH, de;q=0.9", "en"],
  ["zh-TW,zh;q=0.9,en;q=0.8", "zh-CN"],
  ["en-GB,en;q=0.9,zh;q=0.8", "en"],
  ["fr, zh;q=0.5, en;q=0.4", "zh-CN"],
  ["zh;q=0, en", "en"],
])("Accept-Language %j → %s", (header, locale) => {
  expect(negotiateLocale(header)).toBe(locale);
});
