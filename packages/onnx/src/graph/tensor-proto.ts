import { create } from "@bufbuild/protobuf";
import { OnnxError } from "../errors.ts";
import { type TensorProto, TensorProto_DataLocation, TensorProtoSchema } from "../proto/gen/onnx_pb.js";
import { bitsPerElement, DataType } from "./data-types.ts";
import { elementCount, type Tensor, tensorFromNumbers } from "./tensor.ts";

/** Reads weights that lie outside the model file. The caller owns where from and checks that it may. */
export type ExternalDataResolver = (location: string, offset: number, length: number) => Uint8Array;

/**
 * A TensorProto as a Tensor. `raw_data` becomes a view, the typed lists are packed.
 * @throws OnnxError INVALID_GRAPH where the bytes do not fit the dimensions, EXTERNAL_DATA_MISSING without a resolver
 */
export function tensorFromProto(proto: TensorProto, resolve?: ExternalDataResolver): Tensor {
  const dims = proto.dims.map(Number);
  const dataType = proto.dataType;
  if (dataType === DataType.STRING) return { dataType, dims, bytes: new Uint8Array(), strings: proto.stringData };
  const bits = bitsPerElement(dataType);
  if (bits === null)
    throw new OnnxError(
      "INVALID_GRAPH",
      `The tensor ${JSON.stringify(proto.name)} has the unknown element type ${dataType}. Export the model with a released ONNX version.`,
    );
  const wanted = Math.ceil((elementCount(dims) * bits) / 8);
  const bytes = readBytes(proto, dims, wanted, resolve);
  if (bytes.byteLength !== wanted) {
    throw new OnnxError(
      "INVALID_GRAPH",
      `The tensor ${JSON.stringify(proto.name)} of ${dims.join(" × ")} values needs ${wanted} bytes but has ${bytes.byteLength}. Export the model again.`,
    );
  }
  return { dataType, dims, bytes };
}

function readBytes(proto: TensorProto, dims: readonly number[], wanted: number, resolve?: ExternalDataResolver): Uint8Array {
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL) return readExternal(proto, wanted, resolve);
  if (proto.rawData.byteLength > 0) return proto.rawData;
  const { dataType } = proto;
  const narrow = (bitsPerElement(dataType) ?? 0) <= 8;
  if (proto.int32Data.length > 0 && narrow) return Uint8Array.from(proto.int32Data, (value) => value & 0xff);
  if (proto.int32Data.length > 0) return packInt32(dataType, proto.int32Data);
  // Complex numbers are stored as pairs, which the bytes of a plain float array already are.
  if (proto.floatData.length > 0) return new Uint8Array(Float32Array.from(proto.floatData).buffer);
  if (proto.doubleData.length > 0) return new Uint8Array(Float64Array.from(proto.doubleData).buffer);
  if (proto.int64Data.length > 0) return new Uint8Array(BigInt64Array.from(proto.int64Data).buffer);
  if (proto.uint64Data.length > 0) return tensorFromNumbers(dataType, dims, proto.uint64Data).bytes;
  return new Uint8Array();
}

/** 16-bit floats lie in int32_data as their bits, integers as their values. */
function packInt32(dataType: number, values: readonly number[]): Uint8Array {
  const wide = dataType === DataType.INT32 || dataType === DataType.UINT32;
  return new Uint8Array(wide ? Int32Array.from(values).buffer : Uint16Array.from(values).buffer);
}

function readExternal(proto: TensorProto, wanted: number, resolve?: ExternalDataResolver): Uint8Array {
  const entries = new Map(proto.externalData.map((entry) => [entry.key, entry.value]));
  const location = entries.get("location") ?? "";
  if (resolve === undefined) {
    throw new OnnxError(
      "EXTERNAL_DATA_MISSING",
      `The weights of ${JSON.stringify(proto.name)} lie in a second file, ${JSON.stringify(location)}, which is not here. Save the model as one file with its weights inside.`,
    );
  }
  return resolve(location, Number(entries.get("offset") ?? 0), Number(entries.get("length") ?? wanted));
}

export function tensorToProto(tensor: Tensor, name = ""): TensorProto {
  const proto = create(TensorProtoSchema, { dims: tensor.dims.map(BigInt), dataType: tensor.dataType });
  if (name !== "") proto.name = name;
  if (tensor.strings === undefined) proto.rawData = tensor.bytes;
  else proto.stringData = [...tensor.strings];
  return proto;
}
