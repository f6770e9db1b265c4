import type { Report } from "@flotilla/contracts";
import { isDataError } from "@flotilla/db";
import { applyReports, type DeviceReport, type Retention, type ServiceContext } from "@flotilla/services";
import { Batcher } from "./batcher.ts";

/** Batches in flight at once. More than Postgres has cores only makes each of them smaller and slower. */
const LANES = 2;
/** A batch costs as much as some 40 reports, whatever is in it: under load one in this time. */
const PACE_MS = 100;
const MAX_ITEMS = 2_000;

/**
 * Where every report goes, by whichever way it came: into batches, several in flight, each device always in the same lane so that its reports
 * keep their order.
 */
export class ReportIntake {
  readonly #lanes: readonly Batcher<DeviceReport, boolean>[];

  constructor(ctx: ServiceContext, retention: Retention) {
    const apply = async (items: readonly DeviceReport[]): Promise<boolean[]> => await applyReports(ctx, items, retention);
    this.#lanes = Array.from(
      { length: LANES },
      (_, lane) =>
        new Batcher({
          name: `reports ${lane}`,
          paceMs: PACE_MS,
          maxItems: MAX_ITEMS,
          apply,
          isPoison: isDataError,
          logger: ctx.logger,
        }),
    );
  }

  /** Resolves once the report is in the database: true where it was new, false where it changed nothing or could not be applied. */
  async add(deviceId: string, report: Report): Promise<boolean> {
    return (await this.#laneOf(deviceId)?.add({ deviceId, report })) ?? false;
  }

  /** Resolves once everything that was added is applied. */
  async flush(): Promise<void> {
    await Promise.all(this.#lanes.map(async (lane) => await lane.flush()));
  }

  #laneOf(deviceId: string): Batcher<DeviceReport, boolean> | undefined {
    // Ids are random UUIDs: their last digits are as good as a hash.
    return this.#lanes[Number.parseInt(deviceId.slice(-4), 16) % LANES];
  }
}
