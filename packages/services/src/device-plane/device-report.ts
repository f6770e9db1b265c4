import type { LiveEvent, Report } from "@flotilla/contracts";
import type { RawTx } from "@flotilla/db";
import type { StatusRow } from "./status-rows.ts";

/** A report and the device that proved to have sent it. */
export interface DeviceReport<R extends Report = Report> {
  deviceId: string;
  report: R;
}

/** Reports of one kind. */
export type OfKind<K extends Report["kind"]> = DeviceReport<Extract<Report, { kind: K }>>;

export function ofKind<K extends Report["kind"]>(items: readonly DeviceReport[], kind: K): OfKind<K>[] {
  return items.filter((item): item is OfKind<K> => item.report.kind === kind);
}

/** What the parts of one batch share: its transaction, and the locked rows of the devices that are active. */
export interface ReportBatch {
  tx: RawTx;
  statuses: ReadonlyMap<string, StatusRow>;
  now: Date;
}

export interface Applied {
  /** Those of the given reports that were new. */
  fresh: readonly DeviceReport[];
  /** What to announce. */
  news: readonly LiveEvent[];
}

export const NOTHING: Applied = { fresh: [], news: [] };
