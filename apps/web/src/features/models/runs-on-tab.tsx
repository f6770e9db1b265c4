"use client";
import type { ModelVersionView } from "@flotilla/contracts/views";
import { AppLink, Card, Field, Select, Table, Td, Th, Tr, useFormat } from "@flotilla/ui";
import { CellBar } from "@flotilla/ui/charts";
import { useTranslations } from "next-intl";
import { parseAsString, useQueryState } from "nuqs";
import { TargetsPanel } from "../targets/targets-panel.tsx";
import { devicesHref } from "../devices/filter/devices-href.ts";

/** Where the version runs, and which kinds of device could run each of its variants. */
export function RunsOnTab({ version }: { version: ModelVersionView }) {
  const t = useTranslations("targets");
  const [chosen, choose] = useQueryState("variant", parseAsString);
  const variant =
    version.variants.find(({ id }) => id === chosen) ?? version.variants.find(({ isSource }) => isSource) ?? version.variants[0];
  return (
    <div className="flex flex-col gap-4">
      <RunningReleases version={version} />
      {version.variants.length > 1 && variant !== undefined ? (
        <Field label={t("variant")} hideLabel className="w-72 max-w-full">
          <Select
            value={variant.id}
            onChange={(event) => void choose(event.target.value)}
            options={version.variants.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Field>
      ) : null}
      {variant === undefined ? null : <TargetsPanel key={variant.id} version={version} variant={variant} />}
    </div>
  );
}

/** Which release of the version runs on how many devices, as proved by digest. */
function RunningReleases({ version }: { version: ModelVersionView }) {
  const t = useTranslations("models.runsOn");
  const format = useFormat();
  const rows = version.runsOn.filter((row) => row.deviceCount > 0);
  const most = Math.max(1, ...rows.map((row) => row.deviceCount));
  if (rows.length === 0)
    return (
      <Card title={t("title")}>
        {t("empty")} <span className="text-muted">{t("emptyText")}</span>
      </Card>
    );
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
                <AppLink href={devicesHref(`releaseId = ${row.releaseId}`)} className="text-link">
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
