import type { OpFamily } from "@flotilla/domain/graph";

/** Each family has a sign of its own besides its colour. Paths fill a square of 12 × 12. */
export const familyStyle: Readonly<Record<OpFamily, { colour: string; sign: string }>> = {
  convolution: { colour: "var(--series-1)", sign: "M1 1H11V11H1ZM4 4V8H8V4Z" },
  product: { colour: "var(--series-4)", sign: "M6 0L12 6L6 12L0 6Z" },
  normalisation: { colour: "var(--series-6)", sign: "M1 2H11V4H1ZM1 5H11V7H1ZM1 8H11V10H1Z" },
  activation: { colour: "var(--series-3)", sign: "M0 9H5L10 1H12V3L7 11H0Z" },
  pooling: { colour: "var(--series-2)", sign: "M0 1H12L6 11Z" },
  arithmetic: { colour: "var(--series-5)", sign: "M4.5 1H7.5V4.5H11V7.5H7.5V11H4.5V7.5H1V4.5H4.5Z" },
  movement: { colour: "var(--faint)", sign: "M0 4.5H6V1L12 6L6 11V7.5H0Z" },
  quantisation: { colour: "var(--accent)", sign: "M0 12V8H4V5H8V2H12V12Z" },
  recurrent: { colour: "var(--series-2)", sign: "M6 0A6 6 0 1 1 0 6H2.6A3.4 3.4 0 1 0 6 2.6Z" },
  control: { colour: "var(--warn)", sign: "M6 0L12 6L6 12L0 6ZM6 3.6L3.6 6L6 8.4L8.4 6Z" },
  other: { colour: "var(--muted)", sign: "M6 2A4 4 0 1 1 6 10A4 4 0 1 1 6 2Z" },
};
