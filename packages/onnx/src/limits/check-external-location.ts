import { OnnxError } from "../errors.ts";

/**
 * Refuses a location of external data that could point outside the model's own folder. Only a plain relative path is let through;
 * `*` is refused because onnxruntime reads names such as `*\/_ORT_MEM_ADDR_/*` as memory addresses.
 * @throws OnnxError EXTERNAL_DATA_OUTSIDE
 */
export function checkExternalLocation(tensor: string, location: string): void {
  const parts = location.split(/[/\\]/);
  const absolute = /^([/\\~]|[a-zA-Z]:|[a-zA-Z][a-zA-Z0-9+.-]*:\/\/)/.test(location);
  const outside = location === "" || absolute || parts.includes("..") || /[*\\\0]/.test(location);
  if (!outside) return;
  throw new OnnxError(
    "EXTERNAL_DATA_OUTSIDE",
    `The weights of ${JSON.stringify(tensor)} point to ${JSON.stringify(location.slice(0, 200))}, which is outside the model's folder. Save the model as one file with its weights inside.`,
  );
}
