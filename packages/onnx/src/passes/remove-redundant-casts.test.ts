import { DataType } from "../graph/data-types.ts";
import { intAttribute } from "../graph/node.ts";
import { describePass, node } from "../test-support/describe-pass.ts";
import { removeRedundantCasts } from "./remove-redundant-casts.ts";

const cast = (from: string, to: string, type: number) => node("Cast", [from], to, { to: intAttribute(type) });
const { FLOAT, DOUBLE, FLOAT16, INT32, INT64 } = DataType;

describePass(
  removeRedundantCasts,
  [
    {
      name: "through a wider float",
      nodes: [cast("x", "a", DOUBLE), cast("a", "b", INT32), cast("b", "y", FLOAT)],
      left: ["Cast", "Cast"],
    },
    {
      name: "through a wider integer",
      nodes: [cast("x", "a", INT32), cast("a", "b", INT64), cast("b", "y", FLOAT)],
      left: ["Cast", "Cast"],
    },
    {
      name: "up and down again",
      nodes: [cast("x", "a", FLOAT16), cast("a", "b", FLOAT), cast("b", "c", FLOAT16), cast("c", "y", FLOAT)],
      left: ["Cast", "Cast"],
    },
  ],
  [
    { name: "through a narrower float", nodes: [cast("x", "a", FLOAT16), cast("a", "y", FLOAT)], left: ["Cast", "Cast"] },
    { name: "through an integer", nodes: [cast("x", "a", INT32), cast("a", "y", FLOAT)], left: ["Cast", "Cast"] },
    {
      name: "of large integers through a float",
      nodes: [cast("x", "a", INT32), cast("a", "b", FLOAT), cast("b", "c", INT32), cast("c", "y", FLOAT)],
      left: ["Cast", "Cast", "Cast", "Cast"],
    },
  ],
);
