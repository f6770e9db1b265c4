import type { OnnxModel } from "../graph/model.ts";
import { dedupeInitialisers } from "./dedupe-initialisers.ts";
import { foldAffine } from "./fold-affine.ts";
import { foldBatchNorm } from "./fold-batch-norm.ts";
import { foldConstants } from "./fold-constants.ts";
import { foldShapeArithmetic } from "./fold-shape-arithmetic.ts";
import { fuseMatmulAdd } from "./fuse-matmul-add.ts";
import { mergeShapeNodes } from "./merge-shape-nodes.ts";
import type { Pass } from "./pass.ts";
import { removeDeadCode } from "./remove-dead-code.ts";
import { removeIdentities } from "./remove-identities.ts";
import { type RunOptions, type RunReport, runPasses } from "./run-passes.ts";

/** The clean-up, in the order in which one pass makes work for the next. */
export const CLEAN_UP: readonly Pass[] = [
  removeIdentities,
  foldConstants,
  foldShapeArithmetic,
  mergeShapeNodes,
  foldBatchNorm,
  foldAffine,
  fuseMatmulAdd,
  dedupeInitialisers,
  removeDeadCode,
];

/** Simplifies `model` in place without changing what it computes (beyond the last bits of float arithmetic). */
export function simplify(model: OnnxModel, options: RunOptions = {}): RunReport {
  return runPasses(model, CLEAN_UP, options);
}
