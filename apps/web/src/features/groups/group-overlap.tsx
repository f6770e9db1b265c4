"use client";
import type { GroupView } from "@flotilla/contracts/views";
import { Card, Table } from "@flotilla/ui";
import { useTranslations } from "next-intl";

const MOST_SHOWN = 12;

interface Overlap {
  a: GroupView;
  b: string;
  count: number;
}

function largestOverlap(groups: readonly GroupView[]): Overlap | null {
  let largest: Overlap | null = null;
  for (const a of groups) {
    for (const { name, count } of a.overlaps) {
      if (count > 0 && count > (largest?.count ?? 0)) largest = { a, b: name, count };
    }
  }
  return largest;
}

/** How many devices each two groups share: the darker a cell, the larger the part of the row's group. */
export function GroupOverlap({ groups }: { groups: readonly GroupView[] }) {
  const t = useTranslations("groups.overlap");
  if (groups.length < 2) return null;
  const largest = largestOverlap(groups);
  const shown = [...groups].sort((a, b) => b.deviceCount - a.deviceCount).slice(0, MOST_SHOWN);
  return (
    <Card title={t("title")} aside={t("aside")} className="mt-4">
      <p className="-mt-2 mb-3 text-muted">
        {largest === null ? t("none") : t("summary", { a: largest.a.name, b: largest.b, count: largest.count })}
      </p>
      {largest !== null && (
        <Table label={t("title")} className="w-auto">
          <thead>
            <tr>
              <th scope="col" className="pr-4 text-left font-medium text-muted text-xs">
                {t("corner")}
              </th>
              {shown.map((group) => (
                <th
                  key={group.id}
                  scope="col"
                  className="max-w-24 truncate px-1 pb-1 text-left font-medium text-muted text-xs"
                  title={group.name}
                >
                  {group.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.id}>
                <th scope="row" className="max-w-48 truncate pr-4 text-left font-normal">
                  {row.name}
                </th>
                {shown.map((column) => (
                  <OverlapCell key={column.id} row={row} column={column} />
                ))}
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}

function OverlapCell({ row, column }: { row: GroupView; column: GroupView }) {
  const own = row.id === column.id;
  const count = own ? row.deviceCount : (row.overlaps.find((overlap) => overlap.groupId === column.id)?.count ?? 0);
  const share = row.deviceCount === 0 ? 0 : count / row.deviceCount;
  // At most 35 % accent: the number on it keeps its contrast.
  const strength = own ? 0 : Math.round(share * 35);
  return (
    <td className="p-0.5">
      <div
        className="flex h-8 min-w-16 items-center justify-center rounded-sm border"
        style={{ background: own ? "var(--sunken)" : `color-mix(in srgb, var(--accent) ${strength}%, var(--surface))` }}
      >
        {count === 0 ? <span className="text-faint">0</span> : count}
      </div>
    </td>
  );
}
