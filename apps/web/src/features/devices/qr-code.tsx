import { encodeQR } from "qr";

/** Modules of white around the code: cameras need four to find it. */
const QUIET = 4;

export interface QrCodeProps {
  text: string;
  /** What it leads to, for whoever cannot see it. */
  label: string;
  className?: string;
}

/** A text as a picture for a phone's camera. Black on white in both themes: not every camera reads an inverted one. */
export function QrCode({ text, label, className }: QrCodeProps) {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: QUIET });
  const path = rows.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")).join("")).join("");
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${rows.length} ${rows.length}`} shapeRendering="crispEdges" className={className}>
      <rect width={rows.length} height={rows.length} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
