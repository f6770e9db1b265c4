import { readBroadcast } from "../broadcast.ts";
import { identity } from "../layout.ts";
import { readMoved } from "../moving.ts";
import type { OperatorRule } from "../rule.ts";
import { toNumbers } from "@flotilla/onnx";

/**
 * Expand: BROADCAST_TO. Tile: TILE.
 *
 * Layout: Tile keeps it; Expand takes that of its data with the new axes in front.
 * Dtype: any, int8 in the input's scale.
 * Versions: BROADCAST_TO 2, int8 3; TILE 1, int8 3.
 * Source: tensorflow/lite/kernels/{broadcast_to,tile}.cc
 */
export const expand: OperatorRule = {
  operators: ["Expand", "Tile"],
  builtins: ["BROADCAST_TO", "TILE"],
  integer: true,
  limits: "Shapes and repeats must be constant.",
  refuse: (emitter, node) =>
    node.is("Tile") && emitter.graph.constantOf(node.inputs[1] ?? "") === null ? "its repeats are calculated." : null,
  emit: (emitter, node) => {
    const [input = "", amounts = ""] = node.inputs;
    const [output = ""] = node.outputs;
    const shape = emitter.shapeOf(output);
    if (node.is("Expand")) {
      const perm =
        emitter.permOf(input)?.length === shape.length ? (emitter.permOf(input) ?? identity(shape.length)) : identity(shape.length);
      const quant = emitter.quantOf(input);
      const data = readBroadcast(emitter, input, perm, quant === null ? "float" : "held");
      const target = emitter.define(output, perm, quant);
      const wanted = emitter.integers(emitter.describe(target).shape, "shape");
      emitter.add("BROADCAST_TO", [data, wanted], [target], { type: "BroadcastToOptions", value: {} });
      return;
    }
    const { tensor, perm, quant } = readMoved(emitter, input);
    const repeats = emitter.graph.constantOf(amounts);
    const counts = repeats === null ? [] : [...toNumbers(repeats)];
    const target = emitter.define(output, perm, quant);
    emitter.add(
      "TILE",
      [
        tensor,
        emitter.integers(
          perm.map((axis) => counts[axis] ?? 1),
          "repeats",
        ),
      ],
      [target],
      { type: "TileOptions", value: {} },
    );
  },
};
