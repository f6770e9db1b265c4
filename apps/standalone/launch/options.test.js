import { describe, expect, it } from "vitest";
import { parseOptions } from "./options.js";

describe("npm start -- …", () => {
  it.each([
    ["nothing", ["start"], { devices: 5, reset: false }],
    ["a port and devices", ["start", "--port", "9000", "--devices", "20"], { devices: 20, reset: false, port: 9000 }],
    ["an equals sign", ["start", "--port=9000"], { devices: 5, reset: false, port: 9000 }],
    ["a reset", ["start", "--reset"], { devices: 5, reset: true }],
    ["no devices", ["start", "--devices", "0"], { devices: 0, reset: false }],
    ["another data directory", ["start", "--data", "/tmp/x"], { devices: 5, reset: false, data: "/tmp/x" }],
  ])("takes %s", (_, argv, options) => {
    expect(parseOptions(argv)).toEqual({ kind: "run", command: "start", options });
  });

  it.each([
    [["start", "--port", "0"], '--port takes a whole number from 1 to 65535, not "0".'],
    [["start", "--port", "eighty"], '--port takes a whole number from 1 to 65535, not "eighty".'],
    [["start", "--devices", "201"], '--devices takes a whole number from 0 to 200, not "201".'],
    [["start", "--port"], "--port needs a value."],
    [["start", "--prot", "1"], 'There is no option "--prot".'],
    [["strat"], 'There is no command "strat".'],
    [["test", "--only", "e2e"], '--only takes check, unit, browser or long, not "e2e".'],
  ])("refuses %j with a sentence", (argv, message) => {
    expect(parseOptions(argv)).toEqual({ kind: "error", message });
  });

  it("shows its usage for --help wherever it stands", () => {
    expect(parseOptions(["start", "--port", "1", "--help"])).toEqual({ kind: "help" });
  });
});
