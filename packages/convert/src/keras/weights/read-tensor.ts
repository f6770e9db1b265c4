import { DataType, type Tensor, tensorFromNumbers, toNumbers } from "@flotilla/onnx";
import { convertError } from "../../errors.ts";
import type { Dataset } from "../../hdf5/open-hdf5.ts";

const INTEGERS: Readonly<Record<string, number>> = {
  "1s": DataType.INT8,
  "1u": DataType.UINT8,
  "2s": DataType.INT16,
  "2u": DataType.UINT16,
  "4s": DataType.INT32,
  "4u": DataType.UINT32,
  "8s": DataType.INT64,
  "8u": DataType.UINT64,
};

/** A weight as float32: what Keras keeps as float16, bfloat16 or float64 is widened or rounded once, here. */
export function readTensor(dataset: Dataset, bfloat16: boolean, where: string): Tensor {
  const { type } = dataset;
  // HDF5 has no bfloat16: h5py writes two bytes without a meaning, and Keras 3 says in an attribute what they are.
  const stored = (bfloat16 || type.kind === "opaque") && type.size === 2 ? DataType.BFLOAT16 : elementType(type, where);
  return asFloat({ dataType: stored, dims: dataset.dims, bytes: dataset.bytes });
}

/** The same values as float32; the same memory where they already are. */
export function asFloat(tensor: Tensor): Tensor {
  return tensor.dataType === DataType.FLOAT ? tensor : tensorFromNumbers(DataType.FLOAT, tensor.dims, toNumbers(tensor));
}

function elementType(type: Dataset["type"], where: string): number {
  if (type.kind === "float" && type.size === 4) return DataType.FLOAT;
  if (type.kind === "float" && type.size === 8) return DataType.DOUBLE;
  if (type.kind === "float" && type.size === 2) return type.exponentBits === 8 ? DataType.BFLOAT16 : DataType.FLOAT16;
  if (type.kind === "integer") {
    const found = INTEGERS[`${type.size}${type.signed ? "s" : "u"}`];
    if (found !== undefined) return found;
  }
  const name = type.kind === "other" ? type.name : type.kind;
  throw convertError(
    "UNSUPPORTED_FORMAT",
    `The weight ${JSON.stringify(where)} is stored as ${name} of ${type.size} bytes, which is no number. Save the model again.`,
  );
}
