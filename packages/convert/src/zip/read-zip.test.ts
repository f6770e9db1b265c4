import { expect, it } from "vitest";
import { writeZip, type ZipFile } from "../test-support/write-zip.ts";
import { readZip } from "./read-zip.ts";

const text = (content: string): Uint8Array => Buffer.from(content);
const good: ZipFile = { name: "config.json", data: text("{}") };

it("files are read by name", () => {
  const zip = readZip(writeZip([good, { name: "assets/words.txt", data: text("one") }]));
  expect(zip.names).toEqual(["config.json", "assets/words.txt"]);
  expect(Buffer.from(zip.read("assets/words.txt")).toString()).toBe("one");
  expect(() => zip.read("other")).toThrow(expect.objectContaining({ code: "EXTERNAL_DATA_MISSING" }));
});

const hostile: readonly [what: string, files: readonly ZipFile[], code: string][] = [
  ["a path that leads out", [{ name: "../config.json", data: text("x") }], "ARCHIVE_UNSAFE_PATH"],
  ["an absolute path", [{ name: "/etc/passwd", data: text("x") }], "ARCHIVE_UNSAFE_PATH"],
  ["a Windows path", [{ name: "a\\b", data: text("x") }], "ARCHIVE_UNSAFE_PATH"],
  ["two files of one name", [good, good], "ARCHIVE_BROKEN"],
  ["a link", [{ ...good, mode: 0o120777 }], "ARCHIVE_LINK"],
  ["a file that claims to be large", [{ ...good, claimedBytes: 2 ** 30 }], "ARCHIVE_BOMB"],
  ["an unknown method", [{ ...good, method: 99 }], "ARCHIVE_BROKEN"],
];

it.each(hostile)("%s is refused before anything is unpacked", (_, files, code) => {
  expect(() => readZip(writeZip(files))).toThrow(expect.objectContaining({ code }));
});

it("files that together unpack to more than the limit are refused", () => {
  const files = Array.from({ length: 4 }, (_, index) => ({ name: `${index}`, data: new Uint8Array(1000) }));
  expect(() => readZip(writeZip(files), { maxTotalBytes: 3000 })).toThrow(expect.objectContaining({ code: "ARCHIVE_BOMB" }));
});

it("a changed byte is found by its checksum", () => {
  const bytes = Buffer.from(writeZip([{ name: "a", data: text("abcdefgh") }]));
  bytes.write("X", bytes.indexOf("abcd"));
  expect(() => readZip(bytes).read("a")).toThrow(expect.objectContaining({ code: "ARCHIVE_BROKEN" }));
});
