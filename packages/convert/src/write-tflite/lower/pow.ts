import { DataType, intAttribute } from "@flotilla/onnx";
import type { Lowering } from "./lowering.ts";

const FLOATS: ReadonlySet<number> = new Set([DataType.FLOAT, DataType.FLOAT16, DataType.DOUBLE]);

/** Pow whose exponent has another type than its base: POW takes two of one type, and the result has the base's. */
export const powOfTypes: Lowering = {
  operators: ["Pow"],
  applies: (graph, node) => {
    const [base, exponent] = node.inputs.map((input) => graph.typeOf(input)?.elemType);
    return base !== undefined && exponent !== undefined && base !== exponent;
  },
  build: (b, node) => {
    const [base = "", exponent = ""] = node.inputs;
    const type = b.graph.typeOf(base)?.elemType ?? DataType.FLOAT;
    const cast = (value: string, to: number): string => b.op("Cast", [value], { to: intAttribute(to) });
    if (FLOATS.has(type)) return b.op("Pow", [base, cast(exponent, type)]);
    return cast(b.op("Pow", [cast(base, DataType.FLOAT), cast(exponent, DataType.FLOAT)]), type);
  },
};
