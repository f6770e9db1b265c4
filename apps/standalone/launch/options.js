/** What `npm start -- …` and `npm test -- …` take. */

export const USAGE = `Flotilla: from a trained model to a fleet of devices.

  npm start                     install, build and run everything on this machine
  npm start -- --port 8080      the dashboard's port (default 8080, or the next free one)
  npm start -- --devices 20     how many demo devices to run (default 5, 0 for none)
  npm start -- --reset          throw the data in .flotilla/ away first
  npm start -- --data DIR       keep the data in DIR instead of .flotilla/
  npm start -- --host 0.0.0.0   answer on every address of this machine (default: this machine only)
  npm start -- --help           this text

  npm test                      install, check, and run every test
  npm test -- --only unit       one part of it: check, unit or browser
  npm test -- --only long       the browser tests that take minutes more: first-load budgets, a goal search, the graph`;

const NUMBER_OPTIONS = { "--port": "port", "--devices": "devices" };
const TEXT_OPTIONS = { "--data": "data", "--host": "host", "--only": "only" };
const LIMITS = { port: [1, 65_535], devices: [0, 200] };

/**
 * @param {string[]} argv after the script's name
 * @returns {{kind: "help"} | {kind: "error", message: string} | {kind: "run", command: "start" | "test", options: Record<string, any>}}
 */
export function parseOptions(argv) {
  const [command, ...rest] = argv;
  if (command === undefined || rest.includes("--help") || rest.includes("-h")) return { kind: "help" };
  if (command !== "start" && command !== "test") return { kind: "error", message: `There is no command "${command}".` };
  const options = { reset: false, devices: 5 };
  const words = rest.flatMap((word) =>
    /^--[a-z]+=/.test(word) ? [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)] : [word],
  );
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === "--reset") {
      options.reset = true;
    } else if (word in TEXT_OPTIONS || word in NUMBER_OPTIONS) {
      const value = words[index + 1];
      if (value === undefined || value.startsWith("--")) return { kind: "error", message: `${word} needs a value.` };
      index += 1;
      if (word in TEXT_OPTIONS) {
        options[TEXT_OPTIONS[word]] = value;
        continue;
      }
      const name = NUMBER_OPTIONS[word];
      const [low, high] = LIMITS[name];
      if (!/^\d+$/.test(value) || Number(value) < low || Number(value) > high) {
        return { kind: "error", message: `${word} takes a whole number from ${low} to ${high}, not "${value}".` };
      }
      options[name] = Number(value);
    } else {
      return { kind: "error", message: `There is no option "${word}".` };
    }
  }
  if (options.only !== undefined && !["check", "unit", "browser", "long"].includes(options.only)) {
    return { kind: "error", message: `--only takes check, unit, browser or long, not "${options.only}".` };
  }
  return { kind: "run", command, options };
}
