import type { VariantFormat } from "@flotilla/contracts";
import type { TargetProfile } from "@flotilla/contracts/profiles";
import type { TargetReport } from "@flotilla/contracts/targets";
import { judgeTarget, type TargetObstacle } from "./judge-target.ts";

/** What a report says beside what a profile's numbers do. */
export type TargetRemark =
  | TargetObstacle
  /** The Edge TPU takes none of it. */
  | { readonly kind: "nothing-on-tpu" }
  /** The Edge TPU takes it up to here; the rest runs on the CPU beside it. */
  | { readonly kind: "partition"; readonly onTpu: number; readonly total: number; readonly end: string }
  /** It cannot be written as TFLite. */
  | { readonly kind: "no-tflite" }
  | { readonly kind: "opencv-findings"; readonly count: number }
  | { readonly kind: "opencv-version"; readonly from: string };

export interface TargetJudgement {
  /** As it stands; on newer releases only; in part; once it is written in another format; not at all. All of them are estimates. */
  readonly verdict: "runs" | "newer" | "partly" | "convert" | "no";
  readonly remarks: readonly TargetRemark[];
}

/** Whether a kind of device can run a file, by the report about its bytes. */
export function judgeReport(report: TargetReport, profile: TargetProfile, formats: readonly VariantFormat[]): TargetJudgement {
  const remarks = remarksOf(report, profile, formats);
  const kinds = new Set(remarks.map(({ kind }) => kind));
  const isStopped = remarks.some(({ kind }) => !["format", "partition", "opencv-version"].includes(kind));
  if (isStopped) return { verdict: "no", remarks };
  const verdict = kinds.has("format") ? "convert" : kinds.has("partition") ? "partly" : kinds.has("opencv-version") ? "newer" : "runs";
  return { verdict, remarks };
}

function remarksOf(report: TargetReport, profile: TargetProfile, formats: readonly VariantFormat[]): TargetRemark[] {
  const needsFormat = !profile.formats.some((format) => formats.includes(format));
  // A file whose graph is not read here: its format is all that is known.
  const obstacles: TargetRemark[] =
    report.facts !== null ? judgeTarget(report.facts, profile, formats) : needsFormat ? [{ kind: "format", formats: profile.formats }] : [];
  if (profile.runtime === "edge-tpu") return [...obstacles, ...edgeTpuRemarks(report.edgeTpu)];
  if (profile.runtime !== "opencv-dnn" || report.opencv === null) return obstacles;
  // The report looked at operators and sizes more closely.
  return [...obstacles.filter(({ kind }) => kind !== "operators" && kind !== "shapes"), ...opencvRemarks(report.opencv)];
}

function edgeTpuRemarks(edgeTpu: TargetReport["edgeTpu"]): TargetRemark[] {
  if (edgeTpu.state === "refused") return [{ kind: "no-tflite" }];
  if (edgeTpu.state === "unreadable") return [];
  const { onTpu, operators, end } = edgeTpu.report;
  if (onTpu === 0) return [{ kind: "nothing-on-tpu" }];
  return end === null ? [] : [{ kind: "partition", onTpu, total: operators.length, end: end.kind }];
}

function opencvRemarks({ readFrom, findings }: NonNullable<TargetReport["opencv"]>): TargetRemark[] {
  if (readFrom === null) return [{ kind: "opencv-findings", count: findings.length }];
  return findings.length === 0 ? [] : [{ kind: "opencv-version", from: readFrom }];
}
