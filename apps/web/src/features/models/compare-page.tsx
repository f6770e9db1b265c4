"use client";
import type { ModelVersionView } from "@flotilla/contracts/views";
import {
  Card,
  Checkbox,
  EmptyState,
  type Format,
  PageHeader,
  Skeleton,
  SkeletonGroup,
  StateChip,
  Switch,
  Table,
  Td,
  Th,
  Tr,
  useFormat,
} from "@flotilla/ui";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { parseAsArrayOf, parseAsBoolean, parseAsString, useQueryState } from "nuqs";
import type { ReactNode } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useCrumbs } from "../shell/crumbs.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { numbersOf, type VariantNumbers } from "./variant-numbers.ts";

const GraphDiff = dynamic(() => import("./graph/graph-diff.tsx").then((module) => module.GraphDiff), {
  loading: () => (
    <SkeletonGroup>
      <Skeleton className="h-96" />
    </SkeletonGroup>
  ),
});

/** Variants side by side, one property a row; rows that are all the same can be left out. */
export function ComparePage({ modelId, versionId }: { modelId: string; versionId: string }) {
  const t = useTranslations("models.compare");
  const trpc = useTRPC();
  const query = useQuery(trpc.models.version.queryOptions({ id: versionId }));
  const name = query.data === undefined ? "" : `${query.data.modelName} ${query.data.version}`;
  useCrumbs(
    query.data === undefined
      ? undefined
      : [
          { label: query.data.modelName, href: `/models/${modelId}` },
          { label: String(query.data.version), href: `/models/${modelId}/versions/${versionId}` },
          { label: t("crumb") },
        ],
  );
  return (
    <QueryView page query={query} skeleton={<Skeleton className="h-96" />}>
      {(version) => (
        <>
          <PageHeader title={t("title", { name })}>{t("subtitle")}</PageHeader>
          <CompareTable version={version} />
          <div className="mt-6">
            <GraphDiff version={version} />
          </div>
        </>
      )}
    </QueryView>
  );
}

function CompareTable({ version }: { version: ModelVersionView }) {
  const t = useTranslations("models.compare");
  const format = useFormat();
  const [ids, setIds] = useQueryState("variants", parseAsArrayOf(parseAsString));
  const [onlyDifferent, setOnlyDifferent] = useQueryState("different", parseAsBoolean.withDefault(false));
  const all = numbersOf(version.variants);
  const shown = ids === null ? all : all.filter((item) => ids.includes(item.variant.id));
  const tFormats = useTranslations("models.variantFormats");
  const rows = rowsOf(shown, format, { t, tFormats }).filter((row) => !onlyDifferent || new Set(row.texts).size > 1);
  const toggle = (id: string) => {
    const current = shown.map((item) => item.variant.id);
    void setIds(current.includes(id) ? current.filter((other) => other !== id) : [...current, id]);
  };
  return (
    <div className="flex flex-col gap-4">
      <fieldset className="flex flex-wrap gap-x-4 gap-y-1">
        <legend className="mb-1 font-medium">{t("which")}</legend>
        {all.map(({ variant }) => (
          <Checkbox
            key={variant.id}
            label={variant.name}
            checked={shown.some((item) => item.variant.id === variant.id)}
            onChange={() => toggle(variant.id)}
          />
        ))}
        <Switch
          className="ml-auto"
          label={t("onlyDifferent")}
          checked={onlyDifferent}
          onCheckedChange={(next) => void setOnlyDifferent(next)}
        />
      </fieldset>
      {shown.length === 0 ? (
        <EmptyState title={t("none")} />
      ) : rows.length === 0 ? (
        <EmptyState title={t("same")} />
      ) : (
        <Card flush>
          <Table label={t("crumb")}>
            <thead>
              <tr>
                <Th>{t("property")}</Th>
                {shown.map((item) => (
                  <Th key={item.variant.id} numeric>
                    {item.variant.name}
                  </Th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Tr key={row.label}>
                  <th scope="row" className="whitespace-nowrap border-b px-4 py-1.5 text-left font-normal text-muted">
                    {row.label}
                  </th>
                  {shown.map((item, index) => (
                    <Td key={item.variant.id} numeric>
                      {row.cells[index]}
                    </Td>
                  ))}
                </Tr>
              ))}
            </tbody>
          </Table>
        </Card>
      )}
    </div>
  );
}

interface CompareRow {
  label: string;
  /** What is compared. */
  texts: string[];
  cells: ReactNode[];
}

interface CompareWords {
  t: ReturnType<typeof useTranslations<"models.compare">>;
  tFormats: ReturnType<typeof useTranslations<"models.variantFormats">>;
}

function rowsOf(items: readonly VariantNumbers[], format: Format, { t, tFormats }: CompareWords): CompareRow[] {
  const row = (
    label: string,
    say: (item: VariantNumbers) => string,
    show?: (item: VariantNumbers, text: string) => ReactNode,
  ): CompareRow => {
    const texts = items.map(say);
    return { label, texts, cells: items.map((item, index) => (show === undefined ? texts[index] : show(item, texts[index] ?? ""))) };
  };
  const orDash = (value: number | null | undefined, say: (value: number) => string) =>
    value === null || value === undefined ? "–" : say(value);
  const percent = (value: number) => format.percent(value, 2);
  const gateWord = (passed: boolean | null) => (passed === null ? "–" : t(passed ? "hold" : "fail"));
  return [
    row(t("rows.format"), (item) => tFormats(item.variant.format)),
    row(t("rows.size"), (item) => format.bytes(item.sizeBytes)),
    row(t("rows.compressed"), (item) => orDash(item.compressedBytes, format.bytes)),
    row(t("rows.p50"), (item) => orDash(item.latencyP50Ms, format.ms)),
    row(t("rows.p95"), (item) => orDash(item.latencyP95Ms, format.ms)),
    row(t("rows.memory"), (item) => orDash(item.peakMemoryBytes, format.bytes)),
    row(t("rows.accuracy"), (item) => orDash(item.accuracy, percent)),
    row(t("rows.agreement"), (item) => orDash(item.agreement, percent)),
    row(t("rows.maxError"), (item) =>
      orDash(item.variant.report?.numerics[0]?.maxAbsError, (value) =>
        value < 0.001 && value > 0 ? value.toExponential(1) : format.number(value, 4),
      ),
    ),
    row(t("rows.sqnr"), (item) => orDash(item.variant.report?.numerics[0]?.sqnrDb, (value) => `${format.number(value)} dB`)),
    row(
      t("rows.gates"),
      (item) => gateWord(item.gatesPassed),
      (item, text) => (item.gatesPassed === null ? text : <StateChip kind={item.gatesPassed ? "ok" : "bad"}>{text}</StateChip>),
    ),
    row(t("rows.passes"), (item) => item.variant.recipe.passes.map((pass) => pass.pass).join(" → ") || "–"),
    row(t("rows.machine"), (item) => item.variant.report?.machine ?? "–"),
    row(t("rows.sha"), (item) => `${item.variant.sha256.slice(0, 10)}…`),
  ];
}
