"use client";
import type { ModelVersionView } from "@flotilla/contracts/views";
import { AppLink, Card, EmptyState, Table, Td, Th, Tr, useFormat } from "@flotilla/ui";
import { CellBar } from "@flotilla/ui/charts";
import { useTranslations } from "next-intl";

/** Which release of the version runs on how many devices, as proved by digest. */
export function RunsOnTab({ version }: { version: ModelVersionView }) {
  const t = useTranslations("models.runsOn");
  const format = useFormat();
  const rows = version.runsOn.filter((row) => row.deviceCount > 0);
  const most = Math.max(1, ...rows.map((row) => row.deviceCount));
  if (rows.length === 0) return <EmptyState title={t("empty")}>{t("emptyText")}</EmptyState>;
  return (
    <Card flush title={t("title")}>
      <Table label={t("title")}>
        <thead>
          <tr>
            <Th>{t("release")}</Th>
            <Th numeric>{t("devices")}</Th>
            <Th>
              <span className="sr-only">{t("share")}</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Tr key={row.releaseId}>
              <Td>
                <AppLink href={`/devices?release=${row.releaseId}`} className="text-link">
                  {row.releaseName}
                </AppLink>
              </Td>
              <Td numeric>{format.number(row.deviceCount)}</Td>
              <Td>
                <CellBar value={row.deviceCount} max={most} />
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}
