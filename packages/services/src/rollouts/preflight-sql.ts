import type { DeviceProfile } from "@flotilla/contracts";
import type { Group, Tx } from "@flotilla/db";
import { IN_FLIGHT_STATES } from "@flotilla/domain";
import { DEVICE_STATUS_SQL, Params } from "../devices/device-sql.ts";
import { memberSql } from "../groups/group-sql.ts";
import { kindSql } from "./choose-variants.ts";
import { NOT_EXCLUSIVE_SQL } from "./enlist-devices.ts";

/** Names that come with a preflight, for each cause. */
export const NAMES_SHOWN = 100;
const MAX_ROWS = 100_000;
/** A download that paused for longer says nothing of the device's speed. */
const MAX_DOWNLOAD_SECONDS = 3600;

/** Devices of one kind: the same profile, so the same variant. */
export interface KindRow {
  kind: string;
  profile: DeviceProfile;
  count: number;
  online: number;
  current: number;
  /** It lies in one of their slots: nothing has to be fetched. */
  holding: number;
}
export interface NamedDevice {
  deviceId: string;
  name: string;
}

export interface PreflightScope {
  organisationId: string;
  group: Group;
  now: Date;
  takesExclusiveDevices: boolean;
}

/** The questions of a preflight to the members of a group, each one statement: it holds for a fleet of any size. */
export class PreflightQueries {
  readonly #tx: Tx;
  readonly #scope: PreflightScope;

  constructor(tx: Tx, scope: PreflightScope) {
    this.#tx = tx;
    this.#scope = scope;
  }

  #ask<Row>(write: (members: string, params: Params) => string): Promise<Row[]> {
    const params = new Params();
    const { group, takesExclusiveDevices, ...scope } = this.#scope;
    const taken = takesExclusiveDevices ? "true" : NOT_EXCLUSIVE_SQL;
    const members = `${DEVICE_STATUS_SQL} WHERE (${memberSql(group, params, scope)}) AND ${taken}`;
    return this.#tx.$queryRawUnsafe<Row[]>(write(members, params), ...params.values);
  }

  kinds(releaseId: string): Promise<KindRow[]> {
    return this.#ask((members, params) => {
      const id = `${params.add(releaseId)}::uuid`;
      return `WITH member AS (
        SELECT d."id", ${kindSql("d")}::text AS "kind", COALESCE(s."online", false) AS "online",
          COALESCE(s."runningReleaseId" = ${id}, false) AS "current", COALESCE(s."standbyReleaseId" = ${id}, false) AS "standby" ${members}
      ), kind AS (
        SELECT "kind", (array_agg("id"))[1] AS "sample", count(*)::int AS "count", (count(*) FILTER (WHERE "online"))::int AS "online",
          (count(*) FILTER (WHERE "current"))::int AS "current", (count(*) FILTER (WHERE "current" OR "standby"))::int AS "holding"
        FROM member GROUP BY 1
      )
      SELECT kind."kind", d."profile", kind."count", kind."online", kind."current", kind."holding"
      FROM kind JOIN "device" d ON d."id" = kind."sample" ORDER BY kind."count" DESC, kind."kind"`;
    });
  }

  /** The first devices of each cause; `causes[n]` is the cause of `kinds[n]`. */
  namesByCause(kinds: readonly string[], causes: readonly number[], limit: number): Promise<(NamedDevice & { cause: number })[]> {
    if (kinds.length === 0) return Promise.resolve([]);
    return this.#ask(
      (members, params) => `WITH member AS (SELECT d."id", d."name", ${kindSql("d")}::text AS "kind" ${members}), numbered AS (
        SELECT c."cause", member."id", member."name", row_number() OVER (PARTITION BY c."cause" ORDER BY member."name", member."id") AS n
        FROM member JOIN unnest(${params.add(kinds)}::text[], ${params.add(causes)}::int[]) AS c("kind", "cause") ON c."kind" = member."kind"
      )
      SELECT "cause", "id"::text AS "deviceId", "name" FROM numbered WHERE n <= ${params.add(Math.min(limit, MAX_ROWS))} ORDER BY "cause", n`,
    );
  }

  offline(): Promise<NamedDevice[]> {
    return this.#ask(
      (members) => `SELECT d."id"::text AS "deviceId", d."name" ${members} AND NOT COALESCE(s."online", false)
        ORDER BY d."name", d."id" LIMIT ${NAMES_SHOWN}`,
    );
  }

  /** Other live rollouts that these devices would leave. */
  takenFrom(): Promise<{ rolloutId: string; name: string; count: number }[]> {
    return this.#ask(
      (members, params) => `WITH member AS (SELECT d."id" ${members})
      SELECT o."id"::text AS "rolloutId", o."name", count(*)::int AS "count" FROM "rollout" o
      JOIN "rollout_device" rd ON rd."rolloutId" = o."id" AND rd."state" = ANY(${params.add(["QUEUED", "UNREACHED", ...IN_FLIGHT_STATES])}::text[])
      JOIN member ON member."id" = rd."deviceId"
      WHERE o."organisationId" = ${params.add(this.#scope.organisationId)} AND o."state" IN ('RUNNING', 'PAUSED', 'HALTED')
      GROUP BY 1, 2 ORDER BY 3 DESC, 2 LIMIT 20`,
    );
  }

  /** Median of what these devices fetched earlier releases at, in bytes a second; null where nothing says it. */
  async bytesPerSecond(): Promise<number | null> {
    const [row] = await this.#ask<{ speed: number | null }>(
      (members) => `WITH member AS (SELECT d."id" ${members})
      SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY f."bytes" / extract(epoch FROM f."lastAt" - f."firstAt")::float8) AS "speed"
      FROM member JOIN "artifact_fetch" f ON f."deviceId" = member."id"
      WHERE f."lastAt" > f."firstAt" AND f."lastAt" - f."firstAt" < interval '${MAX_DOWNLOAD_SECONDS} seconds'`,
    );
    return row?.speed ?? null;
  }
}
