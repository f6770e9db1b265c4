import { megabytes, table } from "../optimise/markdown.ts";
import type { CleanUpRow, ConvertRow } from "./measure.ts";
import { ONNXSIM, type RecordedConversion, TF2ONNX } from "./recorded-peers.ts";

/** Every conversion beside tf2onnx's of the same file. */
export function conversionTable(rows: readonly ConvertRow[]): string {
  const head = [
    "model",
    "file",
    "s",
    "CPU s",
    "peak MB",
    "error",
    "nodes",
    "tf2onnx: s",
    "share of it",
    "error",
    "nodes",
    "onnxsim: nodes",
  ];
  return table(
    head,
    rows.map((row) => {
      const { name, file, wallS, cpuS, peakBytes, nodesBefore, nodesAfter, error } = row;
      const theirs = TF2ONNX[name]?.[file];
      const ours = [
        name,
        file,
        wallS.toFixed(2),
        cpuS.toFixed(2),
        megabytes(peakBytes),
        errorText(error),
        `${nodesBefore} → ${nodesAfter}`,
      ];
      return [...ours, ...peerCells(theirs, wallS), leftByOnnxsim(row)?.toString() ?? "–"];
    }),
  );
}

/** Nodes that onnxsim leaves of tf2onnx's graph of the same float model. */
export function leftByOnnxsim({ name, file }: Pick<ConvertRow, "name" | "file">): number | null {
  return file.includes("int8") ? null : (ONNXSIM[name]?.nodesAfter ?? null);
}

export function errorText(error: ConvertRow["error"]): string {
  if (error === null) return "not known";
  return error.unit === "steps" ? stepsText(error.value) : error.value.toExponential(1);
}

function stepsText(steps: number): string {
  return `${steps} ${steps === 1 ? "step" : "steps"}`;
}

function peerCells(theirs: RecordedConversion | undefined, wallS: number): string[] {
  if (theirs === undefined) return ["–", "–", "–", "–"];
  const { seconds, nodes, error, failure } = theirs;
  if (failure !== null) return ["–", "–", failure, "–"];
  const share = seconds === null ? "–" : (wallS / seconds).toFixed(2);
  const distance = error === null ? "–" : seconds === null ? stepsText(error) : error.toExponential(1);
  return [seconds?.toString() ?? "–", share, distance, nodes?.toString() ?? "–"];
}

/** The clean-up beside onnxsim's. */
export function cleanUpTable(rows: readonly CleanUpRow[]): string {
  return table(
    ["model", "graph", "nodes", "ms", "onnxsim: nodes", "ms", "share of it"],
    rows.map(({ name, ours, nodesBefore, nodesAfter, ms }) => {
      const theirs = ONNXSIM[name];
      const peer =
        theirs === undefined
          ? ["–", "–", "–"]
          : [`${theirs.nodesBefore} → ${theirs.nodesAfter}`, theirs.ms.toString(), (ms / theirs.ms).toFixed(2)];
      return [name, ours ? "ours" : "tf2onnx's", `${nodesBefore} → ${nodesAfter}`, ms.toFixed(1), ...peer];
    }),
  );
}
