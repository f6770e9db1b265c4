/** A process that has a child run a model without end, until somebody kills it. Arguments: the child's directory, the model. */
import { runInChild } from "../sandbox/run-in-child.ts";

const [directory = "", path = ""] = process.argv.slice(2);
const limits = { memoryBytes: 1e9, wallClockMs: 60_000 };
await runInChild(
  "inspect-model",
  { path, fileName: "loop.onnx", sha256: "0".repeat(64), options: { layout: "nhwc" } },
  { limits, directory, signal: new AbortController().signal },
);
