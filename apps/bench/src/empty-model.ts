import { type OnnxModel, readModel } from "@flotilla/onnx";

/** A model without nodes, IR version 8 and opset 17, to be filled: the protobuf fields ir_version, graph and opset_import by hand. */
export function emptyModel(): OnnxModel {
  return readModel(Uint8Array.of(0x08, 8, 0x3a, 0, 0x42, 2, 0x10, 17));
}
