import type { TensorSpec } from "@flotilla/contracts";

/** `image: float32 [n, 28, 28, 1]`; what is not known is a question mark. */
export function describeTensor(tensor: TensorSpec): string {
  return `${tensor.name}: ${tensor.type} [${tensor.shape.map((size) => size ?? "?").join(", ")}]`;
}

/** `ai.onnx 17`, and other domains after it. */
export function describeOpsets(opsets: Readonly<Record<string, number>>): string {
  return Object.entries(opsets)
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([domain, version]) => `${domain === "" ? "ai.onnx" : domain} ${version}`)
    .join(", ");
}
