import type { PlacementReport } from "@flotilla/contracts";
import type { Kernel } from "./read-runtime-profile.ts";

/** A node that the quantiser meant to run on integers, as it stands in the variant's graph. */
export interface QuantisedNode {
  readonly name: string;
  readonly operator: string;
  /** Whether a QuantizeLinear follows: without one the result is wanted in float. */
  readonly quantisedOutput: boolean;
}

const EIGHT_BITS: ReadonlySet<string> = new Set(["uint8", "int8", "uint16", "int16", "uint4", "int4"]);
/** Kernels that compute on integers although they take or give floats at the border. */
const INTEGER_OPERATORS =
  /^(QLinear|QGemm|QAttention|QEmbed|QOrdered|MatMulInteger|ConvInteger|MatMulNBits|DynamicQuantize|GatherBlockQuantized)/;
const CONVERSIONS: ReadonlySet<string> = new Set(["QuantizeLinear", "DequantizeLinear", "Cast"]);
/** Kept in a report: enough to find the cause, not a second copy of the graph. */
const MAX_ROWS = 50;

/** Whether a kernel computes on integers, or moves integers without looking at them. */
export function isIntegerKernel(kernel: Kernel): boolean {
  if (INTEGER_OPERATORS.test(kernel.operator)) return true;
  if (CONVERSIONS.has(kernel.operator)) return false;
  return EIGHT_BITS.has(kernel.inputTypes[0] ?? "") && EIGHT_BITS.has(kernel.outputTypes[0] ?? "");
}

/**
 * Which of the nodes that were quantised really ran as integer kernels. One whose name is no kernel's was fused into a neighbour, or
 * folded away: it costs nothing and counts as integer. Kernels are matched by name, so the nodes must be named.
 */
export function summarisePlacement(kernels: readonly Kernel[], quantised: readonly QuantisedNode[]): PlacementReport {
  const byNode = new Map(kernels.filter((kernel) => !CONVERSIONS.has(kernel.operator)).map((kernel) => [kernel.node, kernel]));
  const inFloat = quantised.flatMap((node) => {
    const kernel = byNode.get(node.name);
    if (kernel === undefined) return TAKEN_APART.has(node.operator) ? [{ node, meanUs: 0 }] : [];
    return isIntegerKernel(kernel) ? [] : [{ node, meanUs: kernel.meanUs }];
  });
  const totalUs = sum(kernels);
  const integerUs = sum(kernels.filter(isIntegerKernel));
  const conversionUs = sum(kernels.filter((kernel) => CONVERSIONS.has(kernel.operator)));
  return {
    quantisedNodes: quantised.length,
    integerNodes: quantised.length - inFloat.length,
    integerTimeShare: totalUs === 0 ? 0 : integerUs / totalUs,
    conversionTimeShare: totalUs === 0 ? 0 : conversionUs / totalUs,
    inFloat: inFloat
      .toSorted((a, b) => b.meanUs - a.meanUs)
      .slice(0, MAX_ROWS)
      .map(({ node, meanUs }) => ({ node: node.name, operator: node.operator, meanUs, reason: reasonOf(node) })),
    slowest: kernels
      .toSorted((a, b) => b.meanUs - a.meanUs)
      .slice(0, MAX_ROWS)
      .map((kernel) => ({ node: kernel.node, operator: kernel.operator, meanUs: kernel.meanUs, integer: isIntegerKernel(kernel) })),
  };
}

/**
 * What onnxruntime's CPU provider has integer kernels for, or moves as 8-bit data. Source: its QDQ selectors, checked by profiles.
 */
const WITH_INTEGER_KERNEL: ReadonlySet<string> = new Set([
  ...["Conv", "MatMul", "Gemm", "Add", "Mul", "Concat", "AveragePool", "GlobalAveragePool", "Softmax", "Sigmoid", "LeakyRelu", "Where"],
  ...["MaxPool", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Flatten", "Slice", "Gather", "Split", "Resize", "Expand", "DepthToSpace"],
  ...["GatherElements", "ReduceMax", "ReduceMin"],
]);

/** Operators that onnxruntime replaces by several float kernels, none of which has the node's name, so that their time is not told apart. */
const TAKEN_APART: ReadonlySet<string> = new Set(["HardSwish", "Mish", "GroupNormalization", "MeanVarianceNormalization"]);

function reasonOf(node: QuantisedNode): PlacementReport["inFloat"][number]["reason"] {
  if (!WITH_INTEGER_KERNEL.has(node.operator)) return "no-integer-kernel";
  return node.quantisedOutput ? "not-fused" : "float-output";
}

function sum(kernels: readonly Kernel[]): number {
  return kernels.reduce((total, kernel) => total + kernel.meanUs, 0);
}
