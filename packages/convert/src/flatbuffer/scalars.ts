import type { Scalar } from "./layout.ts";

type Read = (view: DataView, at: number) => number;
type Write = (view: DataView, at: number, value: number) => void;

/** Little-endian reads. 64-bit integers lose what a double cannot hold. */
export const READ_SCALAR: Readonly<Record<Scalar, Read>> = {
  bool: (view, at) => view.getUint8(at),
  u8: (view, at) => view.getUint8(at),
  i8: (view, at) => view.getInt8(at),
  i16: (view, at) => view.getInt16(at, true),
  u16: (view, at) => view.getUint16(at, true),
  i32: (view, at) => view.getInt32(at, true),
  u32: (view, at) => view.getUint32(at, true),
  f32: (view, at) => view.getFloat32(at, true),
  i64: (view, at) => Number(view.getBigInt64(at, true)),
  u64: (view, at) => Number(view.getBigUint64(at, true)),
  f64: (view, at) => view.getFloat64(at, true),
};

/** Little-endian writes; integers wrap as a C cast does. */
export const WRITE_SCALAR: Readonly<Record<Scalar, Write>> = {
  bool: (view, at, value) => view.setUint8(at, value),
  u8: (view, at, value) => view.setUint8(at, value),
  i8: (view, at, value) => view.setInt8(at, value),
  i16: (view, at, value) => view.setInt16(at, value, true),
  u16: (view, at, value) => view.setUint16(at, value, true),
  i32: (view, at, value) => view.setInt32(at, value, true),
  u32: (view, at, value) => view.setUint32(at, value, true),
  f32: (view, at, value) => view.setFloat32(at, value, true),
  i64: (view, at, value) => view.setBigInt64(at, BigInt(Math.trunc(value)), true),
  u64: (view, at, value) => view.setBigUint64(at, BigInt(Math.trunc(value)), true),
  f64: (view, at, value) => view.setFloat64(at, value, true),
};
