import { readdir, readFile } from "node:fs/promises";
import { errorCodes, unsupportedReasons } from "@flotilla/contracts";
import compile from "icu-minify/compile";
import formatCompiled from "icu-minify/format";
import { createTranslator } from "next-intl";
import { describe, expect, test } from "vitest";
import { messages as english } from "./messages/en.ts";
import { messages as chinese } from "./messages/zh-cn.ts";

type Tree = { readonly [key: string]: string | Tree };

/** `devices.filter.add` → its text. */
function flatten(tree: Tree, prefix = ""): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") flat.set(prefix + key, value);
    else for (const [path, text] of flatten(value, `${prefix}${key}.`)) flat.set(path, text);
  }
  return flat;
}

/** The names in braces of an ICU message, nested ones included. */
function argumentsOf(message: string): string[] {
  return [...new Set([...message.matchAll(/\{\s*(\w+)\s*[,}]/g)].map((match) => match[1] ?? ""))]
    .filter((name) => !/^\d+$/.test(name))
    .sort();
}

/** The rich parts of a message, `<model>…</model>`, each with what draws it. */
function tagsOf(message: string): [string, (chunks: unknown) => unknown][] {
  return [...message.matchAll(/<(\w+)>/g)].map((match) => [match[1] ?? "", (chunks: unknown) => chunks]);
}

const en = flatten(english);
const zh = flatten(chinese);

describe("both languages", () => {
  test("have the same messages", () => {
    expect([...zh.keys()].sort()).toEqual([...en.keys()].sort());
  });

  test("speak of the same things: each message takes arguments that the other language knows", () => {
    const unknown = [...zh]
      .filter(([key, text]) => !argumentsOf(text).every((name) => argumentsOf(en.get(key) ?? "").includes(name)))
      .map(([key]) => key);
    expect(unknown).toEqual([]);
  });

  test.each([...errorCodes])("say %s, each in its own script, with the server's sentence", (code) => {
    expect(english.shell.reasons[code]).toContain("{sentence}");
    expect(chinese.shell.reasons[code]).toMatch(/^\p{Script=Han}.*\{sentence\}/u);
  });

  test("say why each layer or operator is not converted, with what is said of it", () => {
    for (const { uploads } of [english, chinese]) {
      const said = Object.entries(uploads.unsupported.reasons).map(([code, text]) => [code, argumentsOf(text)]);
      expect(Object.fromEntries(said)).toEqual(
        Object.fromEntries(Object.entries(unsupportedReasons).map(([code, names]) => [code, [...names].sort()])),
      );
    }
  });

  test("know no error code that is none", () => {
    expect(Object.keys(chinese.shell.reasons).sort()).toEqual([...errorCodes].sort());
  });

  test("are asked for the text of every error: no screen shows the server's English by itself", async () => {
    const shown = /\b(?:error|problem|failure|why)\??\.message\b/;
    const root = new URL("../", import.meta.url);
    const files = (await readdir(root, { recursive: true })).filter((name) => /^(?:app|features)\/.*\.tsx?$/.test(name));
    // Where an error becomes text, and a worker of the browser, whose errors the page says.
    const allowed = new Set([
      "features/shell/use-reason-text.ts",
      "features/uploads/hash-worker.ts",
      "features/uploads/send-file.ts",
      "features/uploads/upload-file.ts",
    ]);
    const found: string[] = [];
    for (const name of files) {
      if (allowed.has(name) || name.endsWith(".test.ts")) continue;
      const lines = (await readFile(new URL(name, root), "utf8")).split("\n");
      // A form hands the failure over to the text of its code.
      const bare = lines.filter((line) => shown.test(line) && !line.includes("say("));
      found.push(...bare.map((line) => `${name}: ${line.trim()}`));
    }
    expect(files.length).toBeGreaterThan(100);
    expect(found).toEqual([]);
  });

  test("leave nothing empty", () => {
    expect([...en, ...zh].filter(([, text]) => text.trim() === "").map(([key]) => key)).toEqual([]);
  });

  test("have balanced braces", () => {
    const open = (text: string) => text.split("{").length === text.split("}").length;
    expect([...en, ...zh].filter(([, text]) => !open(text)).map(([key]) => key)).toEqual([]);
  });
});

test.each([
  ["en", english],
  ["zh-CN", chinese],
] as const)("every message of %s can be said", (locale, messages) => {
  const failures: string[] = [];
  const translator = createTranslator({ locale, messages, onError: (error) => failures.push(error.message) });
  const say = (key: string, values: Record<string, unknown>): unknown => translator.rich(key as never, values as never);
  for (const [key, text] of flatten(messages)) {
    say(key, Object.fromEntries<unknown>([...argumentsOf(text).map((name) => [name, 2] as const), ...tagsOf(text)]));
  }
  expect(failures).toEqual([]);
});

/** The build compiles the messages, so that no page carries the parser: what it makes of them must say the same. */
test.each([
  ["en", english],
  ["zh-CN", chinese],
] as const)("every message of %s says the same when it is compiled", (locale, messages) => {
  const failures: string[] = [];
  const translator = createTranslator({ locale, messages, timeZone: "UTC", onError: (error) => failures.push(error.message) });
  const formatters = {
    getNumberFormat: (tag: string, options?: Intl.NumberFormatOptions) => new Intl.NumberFormat(tag, options),
    getDateTimeFormat: (tag: string, options?: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(tag, options),
    getPluralRules: (tag: string, options?: Intl.PluralRulesOptions) => new Intl.PluralRules(tag, options),
  };
  for (const [key, text] of flatten(messages)) {
    for (const number of [0, 1, 2.5]) {
      const values = Object.fromEntries<unknown>([...argumentsOf(text).map((name) => [name, number] as const), ...tagsOf(text)]);
      const parsed: unknown = translator.rich(key as never, values as never);
      const compiled: unknown = formatCompiled(compile(text), locale, values as never, { formatters, timeZone: "UTC" });
      if (JSON.stringify(parsed) !== JSON.stringify(compiled))
        failures.push(`${key}: ${JSON.stringify(parsed)} / ${JSON.stringify(compiled)}`);
    }
  }
  expect(failures).toEqual([]);
});
