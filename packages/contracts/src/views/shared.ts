import type { ErrorCode } from "../errors.ts";

export interface ErrorView {
  code: ErrorCode;
  message: string;
}

/** A keyset page: pass `nextCursor` to get what follows; null at the end. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
  /** Rows that match the filter in all. */
  total: number;
}
