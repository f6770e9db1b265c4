import { typeName } from "../graph/data-types.ts";
import type { Attribute } from "../graph/node.ts";
import { elementCount, storageView, type Tensor } from "../graph/tensor.ts";
import { shortenText } from "./shorten-text.ts";

const SHOWN_ENTRIES = 16;
const SHOWN_TENSOR_ENTRIES = 8;

/** An attribute as one line. Subgraphs are shown as graphs, so they have none: null. */
export function summariseAttribute(attribute: Attribute): string | null {
  switch (attribute.kind) {
    case "int":
      return String(attribute.value);
    case "float":
      return formatFloat(attribute.value);
    case "string":
      return shortenText(decode(attribute.value));
    case "ints":
      return list(attribute.value, String);
    case "floats":
      return list(attribute.value, formatFloat);
    case "strings":
      return list(attribute.value, (value) => shortenText(decode(value)));
    case "tensor":
      return summariseTensor(attribute.value);
    case "tensors":
      return attribute.value.map(summariseTensor).join(", ");
    case "graph":
    case "graphs":
      return null;
    case "reference":
      return `@${shortenText(attribute.value)}`;
    default:
      // A message that nothing here looks into.
      return "…";
  }
}

function list<T>(values: readonly T[], say: (value: T) => string): string {
  const shown = values.slice(0, SHOWN_ENTRIES).map(say).join(", ");
  return shortenText(values.length > SHOWN_ENTRIES ? `[${shown}, … ${values.length}]` : `[${shown}]`);
}

function summariseTensor(tensor: Tensor): string {
  const count = elementCount(tensor.dims);
  const head = `${typeName(tensor.dataType)} [${tensor.dims.join(", ")}]`;
  if (count > SHOWN_TENSOR_ENTRIES || tensor.strings !== undefined || ["other", "float16", "bfloat16"].includes(typeName(tensor.dataType)))
    return head;
  const values: ArrayLike<number | bigint> = storageView(tensor);
  return `${head} = ${Array.from(values, (value) => (typeof value === "bigint" ? String(value) : formatFloat(value))).join(", ")}`;
}

/** Enough digits to recognise a float32, without its binary tail: 0.1, not 0.10000000149011612. */
function formatFloat(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(7))) : String(value);
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}
