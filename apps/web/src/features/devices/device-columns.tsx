"use client";
import type { DeviceListItem } from "@flotilla/contracts/views";
import { AppLink, Chip, RelativeTime, StateIcon, useFormat } from "@flotilla/ui";
import { createColumnHelper, tableFeatures } from "@tanstack/react-table";
import { useTranslations } from "next-intl";
import { healthWord, kindOfHealth } from "./device-health.ts";
import type { DeviceSort } from "./use-device-pages.ts";

/** Sorting, filtering and paging are the server's; the table only draws. */
export const deviceTableFeatures = tableFeatures({});

const helper = createColumnHelper<typeof deviceTableFeatures, DeviceListItem>();

/** How wide each column is, in px; `name` takes what is left. The server sorts by some of them. */
export const columnLayout: Record<string, { width: number | null; sort?: DeviceSort["by"]; numeric?: boolean }> = {
  name: { width: null, sort: "name" },
  health: { width: 150, sort: "health" },
  running: { width: 230 },
  latency: { width: 88, numeric: true },
  profile: { width: 140 },
  tags: { width: 190 },
  lastSeen: { width: 120, sort: "lastSeen" },
};

export const deviceColumns = helper.columns([
  helper.display({ id: "name", cell: ({ row }) => <NameCell device={row.original} /> }),
  helper.display({ id: "health", cell: ({ row }) => <HealthCell device={row.original} /> }),
  helper.display({ id: "running", cell: ({ row }) => <RunningCell device={row.original} /> }),
  helper.display({ id: "latency", cell: ({ row }) => <LatencyCell device={row.original} /> }),
  helper.display({ id: "profile", cell: ({ row }) => <span className="text-muted">{row.original.profileName}</span> }),
  helper.display({ id: "tags", cell: ({ row }) => <TagsCell device={row.original} /> }),
  helper.display({ id: "lastSeen", cell: ({ row }) => <RelativeTime at={row.original.lastSeenAt} className="text-muted" /> }),
]);

/** What fits beside the count of the others. */
const TAGS_SHOWN = 2;

interface CellProps {
  device: DeviceListItem;
}

function NameCell({ device }: CellProps) {
  return (
    <AppLink href={`/devices/${device.id}`} prefetch={false} className="font-medium hover:underline">
      {device.name}
    </AppLink>
  );
}

/** The health in a word, and what the agent is doing while that is not the usual. */
function HealthCell({ device }: CellProps) {
  const t = useTranslations("devices");
  const phase = device.health === "busy" ? device.phase : null;
  return (
    <span className="inline-flex max-w-full items-center gap-1.5">
      <StateIcon kind={kindOfHealth(device.health)} spin />
      <span className="truncate">{phase === null ? t(`health.${healthWord(device)}`) : t(`phases.${phase}`)}</span>
    </span>
  );
}

function RunningCell({ device }: CellProps) {
  const t = useTranslations("devices");
  const { running } = device;
  if (running === null) return <span className="text-faint">{t("nothingRuns")}</span>;
  return (
    <span title={running.variantSha256}>
      {running.modelName} {running.version} <span className="text-muted">· {running.variantName}</span>
    </span>
  );
}

function LatencyCell({ device }: CellProps) {
  const format = useFormat();
  return <>{device.latencyP95Ms === null ? "–" : format.ms(device.latencyP95Ms)}</>;
}

function TagsCell({ device }: CellProps) {
  const tags = Object.entries(device.tags).map(([key, value]) => (value === "" ? key : `${key}=${value}`));
  const rest = tags.slice(TAGS_SHOWN);
  return (
    <span className="flex gap-1 overflow-hidden">
      {tags.slice(0, TAGS_SHOWN).map((tag) => (
        <Chip key={tag} title={tag} className="min-w-0 shrink">
          <span className="truncate">{tag}</span>
        </Chip>
      ))}
      {rest.length > 0 && <Chip title={rest.join(", ")}>+{rest.length}</Chip>}
    </span>
  );
}
