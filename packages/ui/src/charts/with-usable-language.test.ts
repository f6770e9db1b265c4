import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { withUsableLanguage } from "./with-usable-language.ts";

/** As in a browser: the language is a getter of the prototype. */
class Navigator {
  readonly #said: string;
  constructor(said: string) {
    this.#said = said;
  }
  get language() {
    return this.#said;
  }
}

beforeEach(() => void vi.stubGlobal("document", { documentElement: { lang: "zh-CN" } }));
afterEach(() => void vi.unstubAllGlobals());

/** What uPlot does as it loads. */
const load = async () => new Intl.NumberFormat(navigator.language).resolvedOptions().locale;

test("a language that Intl refuses does not end in an error: the page's stands in while the library loads", async () => {
  vi.stubGlobal("navigator", new Navigator("en-US@posix"));
  await expect(load()).rejects.toThrow(RangeError);
  expect(await withUsableLanguage(load)).toBe("zh-CN");
  expect(navigator.language).toBe("en-US@posix");
});

test("a language that is in order is left alone", async () => {
  vi.stubGlobal("navigator", new Navigator("fr-CH"));
  expect(await withUsableLanguage(load)).toBe("fr-CH");
});
