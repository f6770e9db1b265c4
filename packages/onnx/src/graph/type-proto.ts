import { create } from "@bufbuild/protobuf";
import {
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  type TypeProto,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "../proto/gen/onnx_pb.js";
import type { Dim, TensorValueType } from "./types.ts";

/** The tensor type of a TypeProto; null for sequences, maps, optionals and what is not declared. */
export function typeFromProto(proto: TypeProto | undefined): TensorValueType | null {
  const value = proto?.value;
  if (value?.case !== "tensorType") return null;
  const shape = value.value.shape;
  return { elemType: value.value.elemType, shape: shape === undefined ? null : shape.dim.map((dim) => dimFromProto(dim.value)) };
}

function dimFromProto(value: { case: string | undefined; value?: bigint | string | undefined }): Dim {
  // Old exporters write -1 for what they do not know.
  if (typeof value.value === "bigint") return value.value < 0n ? null : Number(value.value);
  return value.value === undefined || value.value === "" ? null : value.value;
}

export function typeToProto(type: TensorValueType): TypeProto {
  const tensorType = create(TypeProto_TensorSchema, { elemType: type.elemType });
  if (type.shape !== null) tensorType.shape = create(TensorShapeProtoSchema, { dim: type.shape.map(dimToProto) });
  return create(TypeProtoSchema, { value: { case: "tensorType", value: tensorType } });
}

function dimToProto(dim: Dim): ReturnType<typeof create<typeof TensorShapeProto_DimensionSchema>> {
  if (dim === null) return create(TensorShapeProto_DimensionSchema);
  if (typeof dim === "number") return create(TensorShapeProto_DimensionSchema, { value: { case: "dimValue", value: BigInt(dim) } });
  return create(TensorShapeProto_DimensionSchema, { value: { case: "dimParam", value: dim } });
}

export function valueInfoProto(name: string, type: TensorValueType | null): ValueInfoProto {
  const proto = create(ValueInfoProtoSchema, { name });
  if (type !== null) proto.type = typeToProto(type);
  return proto;
}
