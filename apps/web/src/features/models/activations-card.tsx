"use client";
import type { ActivationHistogram as Seen, Activations } from "@flotilla/contracts";
import type { VariantView } from "@flotilla/contracts/views";
import { Card, EmptyState, Skeleton, Table, Td, Th, Tr, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";
import { parseAsString, parseAsStringLiteral, useQueryState } from "nuqs";
import { DownloadButtons } from "../shell/download-buttons.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { ActivationHistogram } from "./activation-histogram.tsx";
import { numberText } from "./number-text.ts";
import { useVariantDetail } from "./use-variant-detail.ts";

const HEADER = [
  ...["tensor", "operator", "nodes", "observed_min", "observed_max", "chosen_min", "chosen_max", "clipped_share"],
  ...["bin_start", "bin_width", "counts"],
];

/** Which range did each activation get, and what was cut off? One histogram at a time, the tensors beside it. */
export function ActivationsCard({ variant, fileName }: { variant: VariantView; fileName: string }) {
  const t = useTranslations("models.activations");
  const query = useVariantDetail(variant.id);
  return (
    <QueryView query={query} skeleton={<Skeleton className="h-80" />}>
      {({ activations }) =>
        activations === null || activations.tensors.length === 0 ? (
          <Card title={t("title")}>
            <EmptyState bare title={t("none")}>
              {t("noneText")}
            </EmptyState>
          </Card>
        ) : (
          <Histograms activations={activations} fileName={fileName} />
        )
      }
    </QueryView>
  );
}

function Histograms({ activations, fileName }: { activations: Activations; fileName: string }) {
  const t = useTranslations("models.activations");
  const { tensors, omitted, observer, sampleCount } = activations;
  const [chosen, setChosen] = useQueryState("tensor", parseAsString);
  const [order, setOrder] = useQueryState("tensors", parseAsStringLiteral(["graph", "clipped"]).withDefault("graph"));
  const rows = order === "graph" ? tensors : tensors.toSorted((left, right) => right.clippedShare - left.clippedShare);
  const seen = tensors.find(({ tensor }) => tensor === chosen) ?? rows[0];
  if (seen === undefined) return null;
  return (
    <Card
      title={t("title")}
      data-testid="activations"
      aside={
        <DownloadButtons label={t("title")} fileName={fileName} header={HEADER} rows={() => tensors.map(toRow)} json={() => activations} />
      }
    >
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="max-h-80 min-w-0 overflow-y-auto rounded-md border">
          <Table label={t("tensors")}>
            <thead>
              <tr>
                <Th sort={order === "graph" ? "ascending" : "none"} onSort={() => void setOrder("graph")}>
                  {t("tensor")}
                </Th>
                <Th numeric>{t("chosen")}</Th>
                <Th numeric sort={order === "clipped" ? "descending" : "none"} onSort={() => void setOrder("clipped")}>
                  {t("clipped")}
                </Th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <TensorRow key={row.tensor} row={row} selected={row === seen} onSelect={() => void setChosen(row.tensor)} />
              ))}
            </tbody>
          </Table>
        </div>
        <ActivationHistogram seen={seen} observer={observer} sampleCount={sampleCount} title={t("of", { tensor: nameOf(seen) })} />
      </div>
      {omitted === 0 ? null : <p className="mt-3 text-muted text-xs">{t("omitted", { count: omitted })}</p>}
    </Card>
  );
}

function TensorRow({ row, selected, onSelect }: { row: Seen; selected: boolean; onSelect: () => void }) {
  const t = useTranslations("models.activations");
  const format = useFormat();
  const say = (value: number) => numberText(value, format.number);
  return (
    <Tr selected={selected}>
      <Td>
        <button
          type="button"
          aria-pressed={selected}
          onClick={onSelect}
          title={row.tensor}
          className="text-link flex min-h-6 max-w-36 items-center sm:max-w-64 gap-2 text-left"
        >
          <span className="shrink-0">{row.operator ?? t("input")}</span>
          <span className="truncate font-mono text-muted text-xs">{nameOf(row)}</span>
        </button>
      </Td>
      <Td numeric>
        {say(row.chosen.min)} – {say(row.chosen.max)}
      </Td>
      <Td numeric className={row.clippedShare === 0 ? "text-muted" : ""}>
        {format.percent(row.clippedShare, row.clippedShare < 0.0001 ? 4 : 2)}
      </Td>
    </Tr>
  );
}

/** People know nodes by their names; a tensor's own is often made up by a tool. */
function nameOf({ nodes: [node], tensor }: Seen): string {
  return node ?? tensor;
}

function toRow({ tensor, operator, nodes, observed, chosen, clippedShare, start, binWidth, counts }: Seen) {
  return [
    ...[tensor, operator ?? "", nodes.join(" "), observed.min, observed.max, chosen.min, chosen.max, clippedShare],
    ...[start, binWidth, counts.join(" ")],
  ];
}
