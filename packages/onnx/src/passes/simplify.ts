import type { OnnxModel } from "../graph/model.ts";
import { cancelTransposes } from "./cancel-transposes.ts";
import { dedupeInitialisers } from "./dedupe-initialisers.ts";
import { flattenConcats } from "./flatten-concats.ts";
import { foldAffine } from "./fold-affine.ts";
import { foldBatchNorm } from "./fold-batch-norm.ts";
import { foldConstants } from "./fold-constants.ts";
import { foldPad } from "./fold-pad.ts";
import { foldShapeArithmetic } from "./fold-shape-arithmetic.ts";
import { fuseMatmulAdd } from "./fuse-matmul-add.ts";
import { inlineConstantBranches } from "./inline-constant-branches.ts";
import { inlineFunctions } from "./inline-functions.ts";
import { mergeCommonSubexpressions } from "./merge-common-subexpressions.ts";
import { mergeShapeNodes } from "./merge-shape-nodes.ts";
import type { Pass } from "./pass.ts";
import { recogniseGelu } from "./recognise-gelu.ts";
import { recogniseHardSwish } from "./recognise-hard-swish.ts";
import { recogniseLayerNorm } from "./recognise-layer-norm.ts";
import { recogniseSigmoid } from "./recognise-sigmoid.ts";
import { removeDeadCode } from "./remove-dead-code.ts";
import { removeIdentities } from "./remove-identities.ts";
import { removeRedundantCasts } from "./remove-redundant-casts.ts";
import { reshapeTransposes } from "./reshape-transposes.ts";
import { type RunOptions, type RunReport, runPasses } from "./run-passes.ts";

/** The clean-up, in the order in which one pass makes work for the next. */
export const CLEAN_UP: readonly Pass[] = [
  removeIdentities,
  removeRedundantCasts,
  foldConstants,
  inlineConstantBranches,
  foldShapeArithmetic,
  mergeCommonSubexpressions,
  reshapeTransposes,
  mergeShapeNodes,
  cancelTransposes,
  flattenConcats,
  recogniseSigmoid,
  recogniseHardSwish,
  recogniseGelu,
  recogniseLayerNorm,
  foldPad,
  foldBatchNorm,
  foldAffine,
  fuseMatmulAdd,
  dedupeInitialisers,
  removeDeadCode,
];

/** Simplifies `model` in place without changing what it computes (beyond the last bits of float arithmetic). */
export function simplify(model: OnnxModel, options: RunOptions = {}): RunReport {
  const notes = inlineFunctions(model);
  const report = runPasses(model, CLEAN_UP, options);
  return { ...report, notes: [...notes, ...report.notes] };
}
