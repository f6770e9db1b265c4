import { type DeviceProfile } from "@flotilla/contracts";
import type { Tx } from "@flotilla/db";
import { DEVICE_STATUS_SQL, Params } from "../devices/device-sql.ts";
import { memberSql } from "./group-sql.ts";
import { notFound } from "../views/not-found.ts";

export interface GroupDevice {
  deviceId: string;
  name: string;
  tags: Record<string, string>;
  profile: DeviceProfile;
  online: boolean;
  runningReleaseId: string | null;
  runningVariantSha256: string | null;
  standbyReleaseId: string | null;
  standbyVariantSha256: string | null;
}

/**
 * The active devices that belong to a group now.
 * @throws FlotillaError NOT_FOUND
 */
export async function listGroupDevices(tx: Tx, organisationId: string, groupId: string, now: Date): Promise<GroupDevice[]> {
  const group = await tx.group.findFirst({ where: { id: groupId, organisationId } });
  if (group === null) throw notFound("group");
  const params = new Params();
  const where = memberSql(group, params, { organisationId, now });
  return tx.$queryRawUnsafe<GroupDevice[]>(
    `SELECT d."id"::text AS "deviceId", d."name", d."tags", d."profile", COALESCE(s."online", false) AS "online", s."runningReleaseId"::text,
       s."runningVariantSha256", s."standbyReleaseId"::text, s."standbyVariantSha256"
     ${DEVICE_STATUS_SQL} WHERE ${where} ORDER BY d."name", d."id"`,
    ...params.values,
  );
}
