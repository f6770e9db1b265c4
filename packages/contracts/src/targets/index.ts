export {
  type CpuReason,
  type EdgeTpuAdvice,
  type EdgeTpuLimitation,
  type EdgeTpuReport,
  edgeTpuReportSchema,
  type MappedOperator,
} from "./edge-tpu-report.ts";
export { type OpencvFinding, opencvFindingSchema, type OpencvReport, opencvReportSchema } from "./opencv-report.ts";
export {
  TARGET_REPORT_MAX_OPERATORS,
  TARGET_RULES_VERSION,
  type TargetFacts,
  type TargetReport,
  targetReportSchema,
} from "./target-report.ts";
