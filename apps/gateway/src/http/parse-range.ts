export type ParsedRange =
  /** Answer 200 with everything: no header, or one that RFC 9110 lets a server ignore. */
  | { kind: "whole" }
  /** Both inclusive. */
  | { kind: "part"; start: number; end: number }
  /** 416. */
  | { kind: "unsatisfiable" };

/**
 * A `Range` header against `sizeBytes` bytes (RFC 9110, 14.1.2). One range of bytes is served; other units, several ranges and
 * malformed headers are ignored, as 14.2 allows.
 */
export function parseRange(header: string | undefined, sizeBytes: number): ParsedRange {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "");
  if (match === null) return { kind: "whole" };
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return { kind: "whole" };
  if (first === "") {
    // The last n bytes; more than there are is everything.
    const length = Number(last);
    return length === 0 || sizeBytes === 0 ? { kind: "unsatisfiable" } : part(Math.max(0, sizeBytes - length), sizeBytes - 1);
  }
  const start = Number(first);
  const end = last === "" ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (last !== "" && Number(last) < start) return { kind: "whole" };
  return start >= sizeBytes ? { kind: "unsatisfiable" } : part(start, end);
}

function part(start: number, end: number): ParsedRange {
  return { kind: "part", start, end };
}
