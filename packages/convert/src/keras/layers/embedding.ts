import { DataType } from "@flotilla/onnx";
import { refuseQuantised } from "../weights/quantised-mode.ts";
import { type LayerKind, quantisable } from "./layer-kind.ts";

/**
 * Embedding: rows of a table [input_dim, output_dim] by whole numbers; other numbers are cut to whole ones. With mask_zero, 0 is masked.
 * Source: keras/src/layers/core/embedding.py
 */
export const embedding: LayerKind = {
  classes: ["Embedding"],
  about: "Gather",
  slots: () => [quantisable("embeddings", [0])],
  refuse: ({ config }) => refuseQuantised(config),
  convert: (call) => {
    const { b, config } = call;
    const raw = call.rawInput();
    const { elemType } = b.type(raw);
    const ids = elemType === DataType.INT32 || elemType === DataType.INT64 ? raw : b.op("Cast", [raw], { to: BigInt(DataType.INT32) });
    const table = call.weight("embeddings", [config.int("input_dim"), config.int("output_dim")]);
    const y = b.op("Gather", [b.constant(table, "embeddings"), ids], { axis: 0n });
    if (config.bool("mask_zero", false)) call.context.masks.set(y, b.op("Cast", [ids], { to: BigInt(DataType.BOOL) }));
    return y;
  },
};
