import type { AgentPhase, DeviceState, ErrorCode } from "@flotilla/contracts";
import type { DeviceListItem, Health } from "@flotilla/contracts/views";
import { HEALTH_SQL } from "./device-sql.ts";

export interface DeviceRow {
  id: string;
  name: string;
  state: DeviceState;
  health: Health;
  online: boolean;
  lastSeenAt: Date | null;
  createdAt: Date;
  phase: AgentPhase | null;
  profileName: string;
  tags: Record<string, string>;
  runningReleaseId: string | null;
  runningVariantSha256: string | null;
  modelName: string | null;
  version: number | null;
  variantName: string | null;
  latencyP95Ms: number | null;
  fingerprint: string;
  reasonCode: ErrorCode | null;
}

/** Columns of a DeviceRow over DEVICE_FROM_SQL. */
export const DEVICE_COLUMNS_SQL = `d."id", d."name", d."state", ${HEALTH_SQL} AS "health", COALESCE(s."online", false) AND d."state" = 'ACTIVE' AS "online",
  s."lastSeenAt", d."createdAt", s."phase", d."profileName", d."tags", s."runningReleaseId", s."runningVariantSha256", m."name" AS "modelName", mv."version",
  v."name" AS "variantName", s."latencyP95Ms", d."fingerprint", s."reasonCode"`;

export function toDeviceListItem(row: DeviceRow): DeviceListItem {
  const { runningReleaseId, runningVariantSha256, modelName, version, variantName, ...item } = row;
  const proved = runningReleaseId !== null && runningVariantSha256 !== null && modelName !== null && version !== null;
  return {
    id: item.id,
    name: item.name,
    state: item.state,
    health: item.health,
    online: item.online,
    lastSeenAt: item.lastSeenAt,
    createdAt: item.createdAt,
    phase: item.phase,
    profileName: item.profileName,
    tags: item.tags,
    running: proved
      ? {
          releaseId: runningReleaseId,
          modelName,
          version,
          variantName: variantName ?? runningVariantSha256.slice(0, 8),
          variantSha256: runningVariantSha256,
        }
      : null,
    latencyP95Ms: item.latencyP95Ms,
    fingerprint: item.fingerprint,
  };
}
