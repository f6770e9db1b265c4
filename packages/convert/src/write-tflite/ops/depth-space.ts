import { channelsLast } from "../layout.ts";
import { readMoved } from "../moving.ts";
import type { OperatorRule } from "../rule.ts";

/**
 * SpaceToDepth, and DepthToSpace in mode DCR: the same operators on NHWC. Mode CRD has its channels put into DCR's order by a GATHER first.
 *
 * Layout: NHWC. Dtype: any, int8 in the input's scale.
 * Versions: 1 for float, 2 for int8.
 * Source: tensorflow/lite/kernels/{space_to_depth,depth_to_space}.cc
 */
export const depthSpace: OperatorRule = {
  operators: ["SpaceToDepth", "DepthToSpace"],
  builtins: ["SPACE_TO_DEPTH", "DEPTH_TO_SPACE", "GATHER"],
  integer: true,
  limits: "",
  emit: (emitter, node) => {
    const [input = ""] = node.inputs;
    const perm = channelsLast(4);
    const { tensor, quant } = readMoved(emitter, input, perm);
    const blockSize = node.int("blocksize", 1);
    const target = emitter.define(node.outputs[0] ?? "", perm, quant);
    if (node.is("SpaceToDepth")) {
      emitter.add("SPACE_TO_DEPTH", [tensor], [target], { type: "SpaceToDepthOptions", value: { blockSize } });
      return;
    }
    let data = tensor;
    if (node.string("mode", "DCR") === "CRD") {
      const channels = emitter.shapeOf(input)[1] ?? 1;
      const [blocks, depth] = [blockSize * blockSize, channels / (blockSize * blockSize)];
      const order = Array.from({ length: channels }, (_, channel) => (channel % depth) * blocks + Math.floor(channel / depth));
      data = emitter.temporary("ordered", emitter.describe(tensor).shape, tensor);
      emitter.add("GATHER", [tensor, emitter.integers(order, "channels")], [data], {
        type: "GatherOptions",
        value: { axis: 3, batchDims: 0 },
      });
    }
    emitter.add("DEPTH_TO_SPACE", [data], [target], { type: "DepthToSpaceOptions", value: { blockSize } });
  },
};
