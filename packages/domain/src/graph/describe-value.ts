import type { GraphNode, GraphValue } from "@flotilla/contracts";

/** `[n, 28, 28, 1]`; a size that is not known is a question mark, a shape that is not known is nothing. */
export function shapeText({ shape }: Pick<GraphValue, "shape">): string {
  return shape === null ? "" : `[${shape.map((size) => size ?? "?").join(", ")}]`;
}

/** Exporters make up names such as `unk__76`; a person's own are short. */
const LONGEST_SYMBOL = 4;

/** The shape where there is little room: `n×28×28×1`. */
export function shortShape({ shape }: Pick<GraphValue, "shape">): string {
  const say = (size: number | string | null): number | string =>
    typeof size === "string" && size.length > LONGEST_SYMBOL ? "n" : (size ?? "?");
  return shape === null ? "" : shape.map(say).join("×");
}

/** How an input or output of the model is called where it is drawn. */
export function doorText(value: GraphValue): string {
  return `${value.name} ${shortShape(value)}`.trim();
}

/** The attributes that tell two windows of one operator apart, short: `3×3 s2 dw`. */
export function windowText(node: GraphNode): string {
  const numbers = (name: string): number[] => {
    const text = node.attributes.find((attribute) => attribute.name === name)?.text ?? "";
    return text
      .replace(/[[\]]/g, "")
      .split(",")
      .map(Number)
      .filter((value) => Number.isFinite(value) && value > 0);
  };
  const kernel = numbers("kernel_shape");
  if (kernel.length === 0) return "";
  const strides = numbers("strides");
  const same = strides.every((stride) => stride === strides[0]);
  const parts = [kernel.join("×")];
  if (strides.some((stride) => stride !== 1)) parts.push(`s${same ? strides[0] : strides.join("×")}`);
  if ((numbers("group")[0] ?? 1) > 1) parts.push("dw");
  return parts.join(" ");
}
