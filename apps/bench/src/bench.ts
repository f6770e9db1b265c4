/**
 * The one entry of the benchmarks: `pnpm bench <command> [flags]`. Each command prints Markdown that docs/ holds, and says on stderr where it is.
 */
const COMMANDS: Record<string, { readonly help: string; readonly load: () => Promise<{ run: (args: string[]) => Promise<void> }> }> = {
  optimise: {
    help: "our variants beside the peers': accuracy, size, speed, integer kernels; then seconds and memory",
    load: () => import("./optimise/command.ts"),
  },
  candidates: {
    help: "every candidate that a goal search tries, and what each method adds on its own",
    load: () => import("./candidates.ts"),
  },
  convert: {
    help: "Keras and TFLite files to ONNX: seconds, memory, error and nodes beside tf2onnx's and onnxsim's recorded figures; exit code 1 where a target is missed",
    load: () => import("./convert/command.ts"),
  },
  fleet: {
    help: "thousands of agents' cores against the real server: rollouts, reports, reconnects, artifacts, memory, beside hawkBit's recorded figures",
    load: () => import("./fleet/command.ts"),
  },
  "real-models": {
    help: "InceptionV3, BlazeFace, PP-OCR and silero through the goal search, each with its task's measure",
    load: () => import("./real-models/command.ts"),
  },
};

const [name = "", ...args] = process.argv.slice(2);
const command = COMMANDS[name];
if (command === undefined) {
  console.error(
    `Usage: pnpm bench <command> [flags]\n${Object.entries(COMMANDS)
      .map(([known, { help }]) => `  ${known}: ${help}`)
      .join("\n")}`,
  );
  process.exitCode = 2;
} else await (await command.load()).run(args);
