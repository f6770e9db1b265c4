"use client";
import type { DataSetView } from "@flotilla/contracts/views";
import { AppLink, Card, RelativeTime, Skeleton, Table, Td, Th, Tr, useFormat } from "@flotilla/ui";
import { useQuery } from "@tanstack/react-query";
import { Database } from "lucide-react";
import { useTranslations } from "next-intl";
import { useQueryState } from "nuqs";
import { useTRPC } from "../../trpc/client.tsx";
import { SampleButton } from "../uploads/sample-button.tsx";
import { UploadRoom } from "../uploads/upload-room.tsx";

/** Images and arrays to calibrate and to test with. */
export function DataSetsPage() {
  const t = useTranslations("dataSets.list");
  const trpc = useTRPC();
  const query = useQuery(trpc.dataSets.list.queryOptions());
  const [search, setSearch] = useQueryState("search", { defaultValue: "" });
  const sample = (
    <SampleButton
      label={t("sample")}
      samples={[
        { sample: "mnist-test", label: t("sampleTest") },
        { sample: "mnist-calibration", label: t("sampleCalibration") },
      ]}
    />
  );
  return (
    <UploadRoom
      kind="data-set"
      title={t("title")}
      subtitle={t("subtitle")}
      upload={t("upload")}
      sample={sample}
      secondary={sample}
      firstUse={query.data?.length === 0 ? { title: t("empty"), text: t("emptyText"), icon: <Database size={24} /> } : null}
      search={{ value: search, onChange: (value) => void setSearch(value), label: t("search") }}
      nothingFound={{ title: t("filteredEmpty"), clear: t("clear") }}
      query={query}
      skeleton={<Skeleton className="h-64" />}
    >
      {(sets) => {
        const shown = sets.filter((set) => set.name.toLowerCase().includes(search.trim().toLowerCase()));
        return shown.length === 0 ? null : <DataSetTable sets={shown} />;
      }}
    </UploadRoom>
  );
}

function DataSetTable({ sets }: { sets: readonly DataSetView[] }) {
  const t = useTranslations("dataSets.list");
  const format = useFormat();
  return (
    <Card flush>
      <Table label={t("title")}>
        <thead>
          <tr>
            <Th>{t("columns.name")}</Th>
            <Th>{t("columns.kind")}</Th>
            <Th numeric>{t("columns.samples")}</Th>
            <Th>{t("columns.shape")}</Th>
            <Th>{t("columns.labels")}</Th>
            <Th numeric>{t("columns.size")}</Th>
            <Th>{t("columns.uploaded")}</Th>
          </tr>
        </thead>
        <tbody>
          {sets.map((set) => (
            <Tr key={set.id}>
              <Td>
                <AppLink href={`/data-sets/${set.id}`} className="font-semibold hover:underline">
                  {set.name}
                </AppLink>
              </Td>
              <Td>{t(`kinds.${set.kind}`)}</Td>
              <Td numeric>{format.number(set.sampleCount)}</Td>
              <Td>{set.sampleShape.join(" × ")}</Td>
              <Td>{set.labelled ? t("classes", { count: set.classCount }) : t("unlabelled")}</Td>
              <Td numeric>{format.bytes(set.sizeBytes)}</Td>
              <Td className="text-muted">
                <RelativeTime at={set.createdAt} />
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}
